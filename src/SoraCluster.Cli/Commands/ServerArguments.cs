using System.CommandLine;
using SoraCluster.Cli.Hosting;

namespace SoraCluster.Cli.Commands;

/// <summary>The options that say which server a command talks to.</summary>
internal sealed class ServerArguments
{
    private readonly Option<string?> server = new("--server")
    {
        Description = "Address of a running server, such as http://127.0.0.1:8089 (or SORA_SERVER). Without it: the server that has the data folder, or one started in this process.",
        HelpName = "URL",
    };

    private readonly Option<string?> key = new("--key") { Description = "API key for that server (or SORA_API_KEY).", HelpName = "KEY" };

    private readonly Option<string?> data = new("--data")
    {
        Description = "Folder of jobs and clips (or SORA_DATA).",
        HelpName = "FOLDER",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(server);
        command.Options.Add(key);
        command.Options.Add(data);
    }

    /// <exception cref="UsageException">The address is not one.</exception>
    public ServerChoice Read(ParseResult arguments)
    {
        var address = arguments.GetValue(server) ?? Environment.GetEnvironmentVariable("SORA_SERVER");
        return new ServerChoice(
            string.IsNullOrEmpty(address) ? null : Parse(address),
            arguments.GetValue(key) ?? Environment.GetEnvironmentVariable("SORA_API_KEY"),
            arguments.GetValue(data));
    }

    private static Uri Parse(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri!
            : throw new UsageException($"--server '{address}' is not an address. Write it as http://HOST:PORT.");
}
