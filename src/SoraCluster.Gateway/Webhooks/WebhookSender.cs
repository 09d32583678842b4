using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using SoraCluster.Domain.Webhooks;

namespace SoraCluster.Gateway.Webhooks;

/// <summary>Signs and sends one delivery, and tells the outbox what became of it.</summary>
internal sealed class WebhookSender(GuardedHttp http, TimeProvider clock)
{
    public async Task SendAsync(IWebhookOutbox outbox, WebhookDispatch dispatch, CancellationToken cancellation)
    {
        var (delivery, endpoint) = (dispatch.Delivery, dispatch.Endpoint);
        var url = new Uri(endpoint.Url);
        var error = http.IsAllowed(url)
            ? await http.PostAsync(Request(delivery.Event, endpoint, url), cancellation)
            : "The endpoint's address is not allowed here any more.";
        await outbox.SettleAsync(new WebhookOutcome(delivery.Id, error));
    }

    private HttpRequestMessage Request(WebhookEvent happened, WebhookEndpoint endpoint, Uri url)
    {
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds();
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(happened.Payload));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
        request.Headers.Add("webhook-id", happened.Id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSignature.Sign(endpoint.Secret, happened.Id, timestamp, happened.Payload));
        return request;
    }
}
