using System.CommandLine;
using SoraCluster.Cli.Api;
using SoraCluster.Cli.Hosting;
using SoraCluster.Local;
using SoraCluster.Media;
using SoraCluster.Worker.Packs;
using SoraCluster.Worker.Remote;

namespace SoraCluster.Cli.Commands;

/// <summary>Runs a command and turns what went wrong into one line and an exit status.</summary>
internal static class CommandRunner
{
    public const int Failed = 1;
    public const int BadUsage = 2;
    public const int Interrupted = 130;

    public static void SetRunner(this Command command, Func<ParseResult, CancellationToken, Task<int>> run) =>
        command.SetAction(async (arguments, cancellation) =>
        {
            try
            {
                return await run(arguments, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return Interrupted;
            }
            catch (UsageException usage)
            {
                return Complain(usage.Message, BadUsage);
            }
            catch (Exception told) when (told is ApiException or ServerLostException or LocalServerException or OutputException
                or GatewayException or NoPackException or MediaException)
            {
                return Complain(told.Message, Failed);
            }
        });

    /// <summary>Gives a command the options that say which server it talks to, and runs it there.</summary>
    public static Command WithServer(this Command command, Func<SoraApi, ParseResult, CancellationToken, Task> run)
    {
        var server = new ServerArguments();
        server.AddTo(command);
        command.SetRunner(async (arguments, cancellation) =>
        {
            await using var session = await ServerSession.OpenAsync(server.Read(arguments), cancellation);
            await run(session.Api, arguments, cancellation);
            return 0;
        });
        return command;
    }

    private static int Complain(string message, int status)
    {
        Console.Error.WriteLine($"sora: {message}");
        return status;
    }
}
