using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using SoraCluster.Domain.Serialization;
using SoraCluster.Domain.Steps;

namespace SoraCluster.Worker.Remote;

/// <summary>
/// The queue through a gateway, by long poll. Each call is sent once: <see cref="WorkerLoop"/> sends news again until it is taken
/// in, and pulls again after a gap; a lease whose answer got lost is given back by the gateway, or runs out.
/// </summary>
public sealed class HttpStepSource(GatewayClient gateway) : IStepSource
{
    /// <inheritdoc/>
    /// <exception cref="GatewayException">No answer, or a refusal.</exception>
    public Task<PullAnswer> PullAsync(PullRequest request, CancellationToken cancellation) => PostAsync(
        RemoteWire.PullPath, request, DomainJson.Default.PullRequest, DomainJson.Default.PullAnswer,
        request.Wait + gateway.Options.CallLimit, cancellation);

    /// <inheritdoc/>
    /// <exception cref="GatewayException">No answer, or a refusal.</exception>
    public Task<ReportAnswer> ReportAsync(WorkerReport report, CancellationToken cancellation) => PostAsync(
        RemoteWire.ReportPath, report, DomainJson.Default.WorkerReport, DomainJson.Default.ReportAnswer,
        gateway.Options.CallLimit, cancellation);

    private Task<TAnswer> PostAsync<TRequest, TAnswer>(
        string path, TRequest message, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TAnswer> answerType,
        TimeSpan limit, CancellationToken cancellation) => gateway.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(message, requestType) },
            limit,
            async (response, token) => await response.Content.ReadFromJsonAsync(answerType, token)
                ?? throw new GatewayException($"{gateway.Options.Gateway} gave an empty answer.", passing: false),
            cancellation);
}
