namespace SoraCluster.Local.Hosting;

/// <param name="Version">1 or more.</param>
/// <param name="Json">The state, UTF-8.</param>
public readonly record struct StoredState(long Version, byte[] Json);
