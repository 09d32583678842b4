using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Limits;

namespace SoraCluster.Gateway;

/// <summary>Puts the gateway's layers before everything else in the host's pipeline, so that no host can forget them.</summary>
internal sealed class GatewayStartupFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.UseMiddleware<EdgeMiddleware>();
        app.UseMiddleware<AdmissionMiddleware>();
        next(app);
    };
}
