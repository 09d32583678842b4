using System.Collections;
using System.Collections.Concurrent;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.State;

namespace SoraCluster.Silo.Messages;

/// <summary>
/// Makes what an entity answers fit for the wire: a list of a compiler's own type (from a collection expression) becomes an array,
/// and a conflict, of which the caller can know nothing, an error that says to try again.
/// </summary>
internal sealed class WireFilter : IIncomingGrainCallFilter
{
    private static readonly ConcurrentDictionary<Type, Type?> Elements = new();

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (StateConflictException conflict)
        {
            throw new SoraException(
                new SoraError(SoraErrorCode.StorageFailed, "Something else changed this at the same time. Please try again."), conflict);
        }

        if (context.Result is IList list && Elements.GetOrAdd(list.GetType(), ElementOfGenerated) is { } element)
        {
            var array = Array.CreateInstance(element, list.Count);
            list.CopyTo(array, 0);
            context.Result = array;
        }
    }

    /// <summary>The element type of a list type that the compiler made up; null for any other type.</summary>
    private static Type? ElementOfGenerated(Type type) =>
        type.Name.StartsWith("<>z", StringComparison.Ordinal) && type.IsGenericType ? type.GetGenericArguments()[0] : null;
}
