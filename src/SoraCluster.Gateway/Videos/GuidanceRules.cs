using SoraCluster.Domain.Models;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Requests;

namespace SoraCluster.Gateway.Videos;

/// <summary>How strongly a clip keeps to its words. At 1 they are not held against any others, so that a negative prompt would do nothing.</summary>
internal static class GuidanceRules
{
    /// <summary>The request's scale; where it names none, <paramref name="otherwise"/>, or the model's own if that leaves a negative prompt something to do.</summary>
    /// <exception cref="Refusal">There is a negative prompt, and the scale is 1.</exception>
    public static float Read(RequestForm form, ModelInfo model, float otherwise, string? negative)
    {
        var asked = form.Number("guidance_scale", 1, model.MaxGuidanceScale);
        if (negative is null)
        {
            return asked ?? otherwise;
        }

        var scale = asked ?? (otherwise > 1 ? otherwise : model.DefaultGuidanceScale);
        return scale > 1 ? scale : throw Refusals.NegativeWithoutGuidance();
    }
}
