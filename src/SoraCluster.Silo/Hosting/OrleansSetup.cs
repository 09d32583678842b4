using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Placement;
using SoraCluster.Silo.Messages;
using SoraCluster.Silo.Roles;
using SoraCluster.Silo.State;
using SoraCluster.Silo.Telemetry;
using StackExchange.Redis;

namespace SoraCluster.Silo.Hosting;

/// <summary>Orleans over Redis: membership, state, reminders and the grain directory.</summary>
internal static class OrleansSetup
{
    public static void UseRedisCluster(this ISiloBuilder silo, SiloHostOptions options, RedisConnections redis)
    {
        Task<(IConnectionMultiplexer, bool)> Shared() => Task.FromResult((redis.Calls, true));

        silo.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (options.Cluster, options.Cluster))
            .Configure<SiloOptions>(o => o.SiloName = SiloNames.Of(options.Role, Dns.GetHostName(), options.SiloPort))
            .ConfigureEndpoints(options.Address, options.SiloPort, gatewayPort: 0)
            .UseRedisClustering(o => (o.ConfigurationOptions, o.CreateMultiplexer) = (redis.Options, _ => Shared()))
            .AddRedisGrainStorage(StorageNames.Redis, o =>
            {
                (o.ConfigurationOptions, o.CreateMultiplexer) = (redis.Options, _ => Shared());
                o.GrainStorageSerializer = new DomainStateSerializer();
                o.DeleteStateOnClear = true;
            })
            .UseRedisReminderService(o => (o.ConfigurationOptions, o.CreateMultiplexer) = (redis.Options, _ => Shared()))
            .UseRedisGrainDirectoryAsDefault(o => (o.ConfigurationOptions, o.CreateMultiplexer) = (redis.Options, _ => Shared()))
            .Configure<ClusterMembershipOptions>(o => Heal(o, options.ProbeTimeout))
            .Configure<SiloMessagingOptions>(o => o.ResponseTimeout = TimeSpan.FromSeconds(15))
            .AddIncomingGrainCallFilter<WireFilter>()
            .AddIncomingGrainCallFilter<JobMetricsFilter>()
            .AddActivityPropagation();
        silo.Services.AddPlacementFilter<ControlSilosOnly, ControlSilosOnlyDirector>(ServiceLifetime.Singleton);
        if (options.Role.HasFlag(SiloRole.Gateway))
        {
            silo.AddOutgoingGrainCallFilter<UnreachableFilter>();
        }
    }

    /// <summary>A dead silo is found out within three probes; with those of two seconds the cluster heals within fifteen.</summary>
    private static void Heal(ClusterMembershipOptions options, TimeSpan probe)
    {
        options.ProbeTimeout = probe;
        options.NumMissedProbesLimit = 3;
        options.TableRefreshTimeout = TimeSpan.FromSeconds(10);
        options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
    }
}
