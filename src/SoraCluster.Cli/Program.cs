using System.CommandLine;
using SoraCluster.Cli.Commands;

var root = new RootCommand("""
    SoraCluster: the Videos API on your own machine.

      sora make "a red ball bounces on the beach"
      sora make "海辺で赤いボールが弾む" --seed 7 -o ball.mp4
      sora serve
    """)
{
    new MakeCommand().Create(),
    new ServeCommand().Create(),
    new WorkerCommand().Create(),
    new SimulateCommand().Create(),
    JobCommands.Jobs(),
    JobCommands.Show(),
    JobCommands.Cancel(),
    JobCommands.Download(),
    KeyCommands.Create(),
    ClusterCommands.Create(),
};

// Long enough for a worker to finish its step and store a checkpoint.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
