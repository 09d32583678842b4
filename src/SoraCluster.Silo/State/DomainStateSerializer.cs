using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orleans.Storage;
using SoraCluster.Domain.Serialization;

namespace SoraCluster.Silo.State;

/// <summary>States are stored as the JSON of <see cref="DomainJson"/>, as local mode stores them: readable, and the same for every version.</summary>
public sealed class DomainStateSerializer : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input, Type<T?>()));

    public T Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize(input.ToMemory().Span, Type<T>())
        ?? throw new JsonException($"The stored {typeof(T).Name} is null.");

    private static JsonTypeInfo<T> Type<T>() => DomainJson.Default.GetTypeInfo(typeof(T)) as JsonTypeInfo<T>
        ?? throw new InvalidOperationException($"{typeof(T).Name} is not in {nameof(DomainJson)}.");
}
