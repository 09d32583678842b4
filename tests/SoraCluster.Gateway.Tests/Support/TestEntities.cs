using System.Collections.Concurrent;
using System.Reflection;
using SoraCluster.Domain.State;

namespace SoraCluster.Gateway.Tests.Support;

/// <summary>The real entities over slots in memory; calls to one entity run one after the other, as every host promises.</summary>
internal sealed class TestEntities : IEntities
{
    private readonly ConcurrentDictionary<(Type, string), object> references = new();
    private readonly Dictionary<Type, Func<string, object>> factories = [];

    public void Register<TEntity>(Func<string, TEntity> create)
        where TEntity : class => factories[typeof(TEntity)] = create;

    public TEntity Get<TEntity>(string key)
        where TEntity : class => (TEntity)references.GetOrAdd((typeof(TEntity), key), static (id, self) =>
        {
            var reference = DispatchProxy.Create<TEntity, Turns>();
            ((Turns)(object)reference).Entity = new Lazy<object>(() => self.factories[typeof(TEntity)](id.Item2));
            return reference;
        }, this);

    /// <summary>Queues each call behind the one before.</summary>
    public class Turns : DispatchProxy
    {
        private static readonly MethodInfo Generic =
            typeof(Turns).GetMethod(nameof(RunAsync), BindingFlags.Instance | BindingFlags.NonPublic)!;

        private readonly SemaphoreSlim turn = new(1, 1);

        internal Lazy<object> Entity { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var type = targetMethod!.ReturnType;
            return type == typeof(Task)
                ? RunAsync<bool>(targetMethod, args)
                : Generic.MakeGenericMethod(type.GetGenericArguments()[0]).Invoke(this, [targetMethod, args]);
        }

        private async Task<T> RunAsync<T>(MethodInfo method, object?[]? args)
        {
            await turn.WaitAsync();
            try
            {
                var call = (Task)method.Invoke(Entity.Value, BindingFlags.DoNotWrapExceptions, null, args, null)!;
                await call;
                return call is Task<T> answer ? answer.Result : default!;
            }
            finally
            {
                turn.Release();
            }
        }
    }
}

/// <summary>A slot in memory.</summary>
internal sealed class MemorySlot<TState> : IStateSlot<TState>
    where TState : class
{
    public TState? Value { get; private set; }

    public Task SaveAsync(TState value)
    {
        Value = value;
        return Task.CompletedTask;
    }

    public Task ClearAsync()
    {
        Value = null;
        return Task.CompletedTask;
    }
}
