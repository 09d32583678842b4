using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Cloning;
using SoraCluster.Domain.Serialization;
using SoraCluster.Domain.Users;

namespace SoraCluster.Silo.Messages;

/// <summary>Domain's messages on the wire between silos: the JSON of <see cref="DomainJson"/>. Within a process they are not copied: they are immutable.</summary>
public static class DomainMessages
{
    public static IServiceCollection AddDomainMessages(this IServiceCollection services) => services
        .AddSingleton<IGeneralizedCopier, ImmutableCopier>()
        .AddSerializer(serializer => serializer.AddJsonSerializer(
            isSerializable: IsMessage,
            isCopyable: null,
            options => options.Configure(o => o.SerializerOptions = new JsonSerializerOptions(DomainJson.Default.Options))));

    internal static bool IsMessage(Type type) =>
        type.Assembly == typeof(IUser).Assembly
        && type is { IsInterface: false, IsPublic: true }
        && !typeof(Exception).IsAssignableFrom(type);
}
