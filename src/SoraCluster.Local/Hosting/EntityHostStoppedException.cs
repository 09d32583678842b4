namespace SoraCluster.Local.Hosting;

/// <summary>The host is stopping and takes no new calls from outside.</summary>
public sealed class EntityHostStoppedException() : InvalidOperationException("The server is stopping and takes no new work.");
