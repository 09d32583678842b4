using SoraCluster.Silo.Hosting;

try
{
    await SiloHost.RunAsync(args);
    return Environment.ExitCode;
}
catch (SiloHostException refused)
{
    Console.Error.WriteLine($"soracluster: {refused.Message}");
    return 1;
}
