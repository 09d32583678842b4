#:sdk Aspire.AppHost.Sdk@13.1.0
#:package Aspire.Hosting.Redis@13.1.0
#:property ManagePackageVersionsCentrally=false
#:property AllowAmbientClock=true

// The whole cluster on one machine, for development:  dotnet run src/SoraCluster.AppHost/apphost.cs
// With a Redis that is already running, and no container engine:  ConnectionStrings__redis=localhost:6379 dotnet run …

const int controls = 2, gpus = 2, firstSiloPort = 11111, firstHttpPort = 8089;

var builder = DistributedApplication.CreateBuilder(args);

IResourceBuilder<IResourceWithConnectionString> redis = builder.Configuration["ConnectionStrings:redis"] is null
    ? builder.AddRedis("redis").WithDataVolume().WithPersistence(TimeSpan.FromSeconds(10))
    : builder.AddConnectionString("redis");

var silos = 0;
Silo("gateway", "gateway");
for (var i = 1; i <= controls; i++)
{
    Silo($"control-{i}", "control");
}

for (var i = 1; i <= gpus; i++)
{
    Silo($"gpu-{i}", "gpu");
}

builder.Build().Run();

// Silos on one machine differ by their ports; the gateway comes first and has the port that clients know.
void Silo(string name, string roles)
{
    var number = silos++;
    var httpPort = firstHttpPort + number;
    string siloPort = $"{firstSiloPort + number}", address = $"http://127.0.0.1:{httpPort}"; // written below, they would be expressions of resources
    builder.AddProject(name, "../SoraCluster.Silo/SoraCluster.Silo.csproj")
        .WithEnvironment("SORA_Silo__Redis", redis)
        .WithEnvironment("SORA_Silo__Roles", roles)
        .WithEnvironment("SORA_Silo__Data", Path.Combine(Path.GetTempPath(), "soracluster-apphost"))
        .WithEnvironment("SORA_Silo__SiloPort", siloPort)
        .WithEnvironment("SORA_Silo__Listen", address)
        .WithHttpEndpoint(port: httpPort, isProxied: false)
        .WithHttpHealthCheck("/readyz")
        .WaitFor(redis);
}
