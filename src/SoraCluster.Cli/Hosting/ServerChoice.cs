namespace SoraCluster.Cli.Hosting;

/// <param name="Server">The address given by <c>--server</c> or <c>SORA_SERVER</c>.</param>
/// <param name="Key">The API key given by <c>--key</c> or <c>SORA_API_KEY</c>.</param>
/// <param name="DataFolder">The folder given by <c>--data</c>; null for the default.</param>
internal sealed record ServerChoice(Uri? Server, string? Key, string? DataFolder);
