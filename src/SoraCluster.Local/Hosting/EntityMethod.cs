using System.Collections.Concurrent;
using System.Reflection;

namespace SoraCluster.Local.Hosting;

/// <summary>
/// One method of an entity interface, prepared once: how to invoke it and how to give its result back as the caller expects
/// it (<c>Task</c>, <c>Task&lt;T&gt;</c>, <c>ValueTask</c> or <c>ValueTask&lt;T&gt;</c>).
/// </summary>
internal abstract class EntityMethod
{
    private static readonly ConcurrentDictionary<MethodInfo, EntityMethod> Prepared = new();

    public static EntityMethod For(MethodInfo method) => Prepared.GetOrAdd(method, Prepare);

    /// <summary>Queues the call; what comes back completes when its turn has run.</summary>
    public abstract object Call(EntityHost host, EntityId target, object?[] arguments, bool awaited);

    /// <exception cref="ArgumentException">The type is no interface, or has a member that cannot be a turn.</exception>
    public static void RequireCallable(Type contract)
    {
        if (!contract.IsInterface)
        {
            throw new ArgumentException($"{contract} is not an interface; entities are reached by interface.");
        }

        var wrong = contract.GetInterfaces().Append(contract).SelectMany(i => i.GetMethods())
            .FirstOrDefault(m => m.IsGenericMethod || ResultOf(m.ReturnType) is null || m.GetParameters().Any(p => p.ParameterType.IsByRef));
        if (wrong is not null)
        {
            throw new ArgumentException(
                $"{contract.Name}.{wrong.Name} cannot be called as a turn: it must return a Task or ValueTask, take nothing by reference and not be generic.");
        }
    }

    private static EntityMethod Prepare(MethodInfo method)
    {
        var adapter = typeof(EntityMethod<>).MakeGenericType(ResultOf(method.ReturnType)!);
        return (EntityMethod)Activator.CreateInstance(adapter, method)!;
    }

    /// <summary>The type of the result, <see cref="Nothing"/> for none, null when it is not awaitable.</summary>
    private static Type? ResultOf(Type returned) =>
        returned == typeof(Task) || returned == typeof(ValueTask) ? typeof(Nothing)
        : !returned.IsGenericType ? null
        : returned.GetGenericTypeDefinition() == typeof(Task<>) || returned.GetGenericTypeDefinition() == typeof(ValueTask<>)
            ? returned.GenericTypeArguments[0]
        : null;

    internal readonly struct Nothing;
}

internal sealed class EntityMethod<TResult> : EntityMethod
{
    private readonly MethodInvoker invoker;
    private readonly Func<object?, Task<TResult>> start;
    private readonly Func<Task<TResult>, object> answer;

    public EntityMethod(MethodInfo method)
    {
        invoker = MethodInvoker.Create(method);
        var returned = method.ReturnType;
        var isValue = returned.Name.StartsWith(nameof(ValueTask), StringComparison.Ordinal);
        start = (isValue, returned.IsGenericType) switch
        {
            (false, false) => task => Bare((Task)task!),
            (false, true) => task => (Task<TResult>)task!,
            (true, false) => task => Bare(((ValueTask)task!).AsTask()),
            (true, true) => task => ((ValueTask<TResult>)task!).AsTask(),
        };
        answer = (isValue, returned.IsGenericType) switch
        {
            (false, _) => task => task,
            (true, false) => task => new ValueTask(task),
            (true, true) => task => new ValueTask<TResult>(task),
        };
    }

    public override object Call(EntityHost host, EntityId target, object?[] arguments, bool awaited) =>
        answer(host.Enqueue(target, new Turn<TResult>(Invoke, arguments, awaited)));

    private Task<TResult> Invoke(object entity, object?[] arguments) => start(invoker.Invoke(entity, arguments.AsSpan()));

    private static async Task<TResult> Bare(Task task)
    {
        await task;
        return default!;
    }
}
