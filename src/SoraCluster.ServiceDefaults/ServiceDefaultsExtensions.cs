using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace SoraCluster.ServiceDefaults;

public static class ServiceDefaultsExtensions
{
    /// <summary>The tag of health checks that decide whether a host can take work.</summary>
    public const string ReadyTag = "ready";

    /// <summary>OpenTelemetry's own variable: where to send traces, metrics and logs, if anywhere.</summary>
    private const string Collector = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>
    /// Adds metrics for <c>/metrics</c>, and traces, metrics and logs over OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names a
    /// collector. Map the pages with <see cref="MapServiceDefaults"/>.
    /// </summary>
    public static IHostApplicationBuilder AddServiceDefaults(this IHostApplicationBuilder builder, TelemetryOptions options)
    {
        builder.Services.AddHealthChecks();
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(
                options.Service, serviceInstanceId: options.Instance, autoGenerateServiceInstanceId: options.Instance is null))
            .WithMetrics(metrics => metrics.AddMeter([.. options.Meters]).AddPrometheusExporter())
            .WithTracing(traces => traces.AddSource([.. options.Sources]));
        if (!string.IsNullOrEmpty(builder.Configuration[Collector]))
        {
            builder.Logging.AddOpenTelemetry(logs => logs.IncludeFormattedMessage = true);
            telemetry.UseOtlpExporter();
        }

        return builder;
    }

    /// <summary>
    /// Maps <c>/metrics</c>; <c>/livez</c>, which answers while the process does; and <c>/readyz</c>, which says whether the checks
    /// tagged <see cref="ReadyTag"/> pass.
    /// </summary>
    public static IEndpointRouteBuilder MapServiceDefaults(this IEndpointRouteBuilder routes)
    {
        routes.MapPrometheusScrapingEndpoint("/metrics");
        routes.MapHealthChecks("/livez", new HealthCheckOptions { Predicate = _ => false });
        routes.MapHealthChecks("/readyz", new HealthCheckOptions { Predicate = check => check.Tags.Contains(ReadyTag) });
        return routes;
    }
}
