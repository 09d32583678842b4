namespace SoraCluster.Cli.Api;

/// <summary>The server refused; the message is its own, meant for people.</summary>
internal sealed class ApiException(string message, string? code) : Exception(message)
{
    public string? Code { get; } = code;
}
