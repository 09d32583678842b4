namespace SoraCluster.Local.Storage;

/// <param name="ProcessId">The process that has the folder; 0 when it has not said yet.</param>
/// <param name="Address">Where its server listens, once it does.</param>
public sealed record DataFolderHolder(int ProcessId, Uri? Address);
