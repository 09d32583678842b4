using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Persistence;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Users;
using SoraCluster.Silo.State;
using SoraCluster.Silo.Tests.Redis;
using SoraCluster.Testing.State;
using StackExchange.Redis;

namespace SoraCluster.Silo.Tests.State;

/// <summary>The slot over Orleans' own Redis storage, as a silo sets it up.</summary>
public abstract class RedisStateSlotConformance(IRedisFixture redis) : StateSlotConformance, IAsyncLifetime
{
    private static int tests;

    private readonly string service = $"slots-{Interlocked.Increment(ref tests)}";
    private readonly ServiceProvider services = new ServiceCollection().AddSerializer().BuildServiceProvider();
    private RedisGrainStorage storage = null!;

    public async Task InitializeAsync()
    {
        storage = new RedisGrainStorage(
            StorageNames.Redis,
            new RedisStorageOptions
            {
                ConfigurationOptions = ConfigurationOptions.Parse(redis.Address),
                CreateMultiplexer = _ => Task.FromResult((redis.Connection, true)),
                DeleteStateOnClear = true,
            },
            new DomainStateSerializer(),
            Options.Create(new ClusterOptions { ServiceId = service, ClusterId = service }),
            services.GetRequiredService<IActivatorProvider>(),
            NullLogger<RedisGrainStorage>.Instance);
        await StorageLife.StartAsync(storage);
    }

    public async Task DisposeAsync() => await services.DisposeAsync();

    protected override async Task<IStateSlot<UserState>> LoadAsync(string key)
    {
        var state = new StoredState<UserState>(storage, GrainId.Create("user", key));
        await state.ReadStateAsync();
        return new GrainStateSlot<UserState>(state, context: null);
    }
}

public sealed class RedisStateSlotConformanceTests(RedisServer redis) : RedisStateSlotConformance(redis), IClassFixture<RedisServer>;

[Collection(RedisClusterCollection.Name)]
public sealed class RedisClusterStateSlotConformanceTests(RedisCluster redis) : RedisStateSlotConformance(redis);
