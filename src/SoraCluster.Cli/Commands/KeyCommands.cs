using System.CommandLine;
using System.Globalization;
using SoraCluster.Cli.Api;
using Spectre.Console;

namespace SoraCluster.Cli.Commands;

/// <summary><c>sora keys issue|list|rotate|revoke</c>: an operator's work, over HTTP like everything else.</summary>
internal static class KeyCommands
{
    public static Command Create() => new("keys", "Issue, list, rotate and revoke API keys (operators only).")
    {
        Issue(), List(), Rotate(), Revoke(),
    };

    private static Command Issue()
    {
        var owner = new Argument<string>("owner") { Description = "The user that the key speaks for." };
        var name = new Option<string?>("--name") { Description = "A name for people. [default: the owner]", HelpName = "NAME" };
        var isOperator = new Option<bool>("--operator") { Description = "Let the key issue keys and run the server, too. The first key must." };
        var expires = new Option<string?>("--expires") { Description = "How long it lasts: 90d, 12h, 30m. [default: for ever]", HelpName = "TIME" };
        return new Command("issue", "Issue a key; it is shown this once.") { owner, name, isOperator, expires }.WithServer(
            async (api, arguments, cancellation) => Show(await api.IssueKeyAsync(
                new IssueKey(
                    arguments.GetValue(owner)!, arguments.GetValue(name), arguments.GetValue(isOperator) ? "operator" : "user",
                    Seconds("--expires", arguments.GetValue(expires))),
                cancellation)));
    }

    private static Command List() => new Command("list", "List the keys that are not revoked.").WithServer(
        async (api, _, cancellation) => Print(await api.ListKeysAsync(cancellation)));

    private static Command Rotate()
    {
        var id = Id();
        var overlap = new Option<string?>("--overlap")
        {
            Description = "How long the former secret still opens: 1h, 30m. [default: not at all]",
            HelpName = "TIME",
        };
        return new Command("rotate", "Give a key a new secret; it is shown this once.") { id, overlap }.WithServer(
            async (api, arguments, cancellation) => Show(await api.RotateKeyAsync(
                arguments.GetValue(id)!, new RotateKey(Seconds("--overlap", arguments.GetValue(overlap)) ?? 0), cancellation)));
    }

    private static Command Revoke()
    {
        var id = Id();
        return new Command("revoke", "End a key; the next request with it is refused.") { id }.WithServer(
            async (api, arguments, cancellation) =>
            {
                var key = await api.RevokeKeyAsync(arguments.GetValue(id)!, cancellation);
                Console.WriteLine($"{key.Id} of {key.Owner} is revoked.");
            });
    }

    private static Argument<string> Id() => new("id") { Description = "The key's id, as 'sora keys list' shows it." };

    /// <summary>The key alone goes to standard output, so that it can be piped to where it is kept.</summary>
    private static void Show(ApiKey key)
    {
        Console.Error.WriteLine(
            $"Key {key.Id} of {key.Owner} ({string.Join(", ", key.Scopes)}), {Until(key)}. It is shown only now; keep it, or rotate it when it is lost:");
        Console.WriteLine(key.Key);
    }

    private static void Print(ApiKeyList keys)
    {
        if (keys.Data.Count == 0)
        {
            Console.WriteLine("No keys yet. Issue the first: sora keys issue NAME --operator");
            return;
        }

        var table = new Table().Border(TableBorder.None).AddColumns("id", "owner", "name", "scopes", "issued", "ends");
        foreach (var key in keys.Data)
        {
            table.AddRow(
                key.Id, Markup.Escape(key.Owner), Markup.Escape(key.Name), string.Join(", ", key.Scopes), Date(key.CreatedAt),
                key.ExpiresAt is { } at ? Date(at) : "never");
        }

        AnsiConsole.Write(table);
    }

    private static string Until(ApiKey key) => key.ExpiresAt is { } at ? $"until {Date(at)}" : "without an end";

    private static string Date(long seconds) =>
        DateTimeOffset.FromUnixTimeSeconds(seconds).ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <exception cref="UsageException">It is not a time.</exception>
    private static long? Seconds(string option, string? time)
    {
        if (time is null)
        {
            return null;
        }

        long? unit = time is [.., var last] ? last switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => null } : null;
        return unit is { } seconds && int.TryParse(time.AsSpan(0, time.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count * seconds
            : throw new UsageException($"{option} '{time}' is not a time. Write it as 90d, 12h, 30m or 45s.");
    }
}
