using System.CommandLine;
using SoraCluster.Cli.Output;
using SoraCluster.Planning;
using SoraCluster.Planning.Workload;

namespace SoraCluster.Cli.Commands;

/// <summary><c>sora simulate</c>: how long jobs would wait with so many workers, or how many workers a wait needs.</summary>
internal sealed class SimulateCommand
{
    private readonly Option<int> workers = NumberOption.Whole(
        "--workers", "Workers, all alike; with --wait, where the search begins.", 1, Sizing.Most, 1);

    private readonly Option<string?> trace = new("--trace")
    {
        Description = "A recorded load: lines of 'seconds,user,class,steps,seconds_per_step[,batch_key]'.",
        HelpName = "FILE",
    };

    private readonly Option<double?> poisson = NumberOption.Real("--poisson", "Random arrivals: so many jobs a minute.", "RATE", 0.001, 1e7);

    private readonly Option<string> mix = new("--mix")
    {
        Description = "What they ask for: SHARE:STEPSxSECONDS_PER_STEP[:CLASS], with commas between.",
        HelpName = "MIX",
        DefaultValueFactory = _ => "80:20x0.1,20:200x0.1",
    };

    private readonly Option<int> jobs = NumberOption.Whole("--jobs", "How many arrive.", 1, 10_000_000, 10_000);
    private readonly Option<int> users = NumberOption.Whole("--users", "From how many users.", 1, 10_000_000, 100);
    private readonly Option<int> seed = NumberOption.Whole("--seed", "The same seed gives the same arrivals.", int.MinValue, int.MaxValue, 1);
    private readonly Option<int> seats = NumberOption.Whole("--seats", "Jobs that a worker denoises at the same time.", 1, 256, 4);

    private readonly Option<double?> shared = NumberOption.Real(
        "--shared", "The part of a step's time that jobs in one pass share: 0 (the default) on a processor, towards 1 on a GPU.", "PART", 0, 1);

    private readonly Option<double?> wait = NumberOption.Real(
        "--wait", "Find the fewest workers with which 95 % of the jobs wait no longer than this.", "SECONDS", 0, 1e7);

    private readonly Option<bool> compare = new("--compare") { Description = "Also play first come, first served, run to the end." };

    public Command Create()
    {
        var command = new Command("simulate", "Plan capacity: play a load through the queue in virtual time.")
        {
            workers, trace, poisson, mix, jobs, users, seed, seats, shared, wait, compare,
        };
        command.SetRunner((arguments, cancellation) => Task.FromResult(Run(arguments, cancellation)));
        return command;
    }

    private int Run(ParseResult arguments, CancellationToken cancellation)
    {
        try
        {
            var load = Load(arguments);
            var report = Play(arguments, load, cancellation);
            PlanView.Print(report, "step queue");
            if (arguments.GetValue(compare))
            {
                var other = new PlanOptions { Workers = report.Workers, Policy = Policy.FirstCome };
                PlanView.Print(Planner.Run(other, load(), cancellation), "first come, first served");
            }

            return 0;
        }
        catch (Exception e) when (e is FormatException or OverflowException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException(e.Message);
        }
    }

    private PlanReport Play(ParseResult arguments, Func<IEnumerable<Arrival>> load, CancellationToken cancellation)
    {
        var options = new PlanOptions
        {
            Workers = arguments.GetValue(workers),
            Seats = arguments.GetValue(seats),
            SharedPart = arguments.GetValue(shared) ?? 0,
        };
        if (arguments.GetValue(wait) is not { } seconds)
        {
            return Planner.Run(options, load(), cancellation);
        }

        return Sizing.Fewest(options, load, TimeSpan.FromSeconds(seconds), cancellation)
            ?? throw new UsageException($"{Sizing.Most} workers are not enough for that wait; jobs that share passes also wait for each other: see --seats.");
    }

    private Func<IEnumerable<Arrival>> Load(ParseResult arguments)
    {
        switch (arguments.GetValue(trace), arguments.GetValue(poisson))
        {
            case ({ } file, null):
                var recorded = ReadTrace(file);
                return recorded.Length > 0 ? () => recorded : throw new UsageException($"There is no job in '{file}'.");
            case (null, { } rate):
                var kinds = JobKind.Parse(arguments.GetValue(mix)!);
                return new PoissonWorkload(rate / 60, arguments.GetValue(jobs), arguments.GetValue(users), kinds, arguments.GetValue(seed)).Arrivals;
            default:
                throw new UsageException("Say what arrives: either --trace FILE, or --poisson RATE (jobs a minute).");
        }
    }

    private static Arrival[] ReadTrace(string file)
    {
        using var reader = new StreamReader(file);
        return [.. TraceFile.Read(reader)];
    }
}
