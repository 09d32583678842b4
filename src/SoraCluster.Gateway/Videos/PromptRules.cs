using System.Text;
using Microsoft.Extensions.Options;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Requests;

namespace SoraCluster.Gateway.Videos;

/// <summary>What counts as a prompt: some text, not too long, nothing in it that is not text.</summary>
internal sealed class PromptRules(IOptions<GatewayOptions> options)
{
    public string Required(RequestForm form, string name) => Optional(form, name) ?? throw Refusals.Missing(name);

    /// <summary>Null when it was not sent or is blank.</summary>
    public string? Optional(RequestForm form, string name)
    {
        if (form.Text(name) is not { } text || string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (Encoding.UTF8.GetByteCount(text) > options.Value.MaxPromptBytes)
        {
            throw Refusals.TooLong(name, options.Value.MaxPromptBytes);
        }

        for (var i = 0; i < text.Length; i++)
        {
            if ((char.IsControl(text[i]) && text[i] is not ('\t' or '\n' or '\r')) || IsHalfPair(text, i))
            {
                throw Refusals.ControlCharacter(name, i, text[i]);
            }
        }

        return text;
    }

    private static bool IsHalfPair(string text, int i) =>
        (char.IsHighSurrogate(text[i]) && (i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])))
        || (char.IsLowSurrogate(text[i]) && (i == 0 || !char.IsHighSurrogate(text[i - 1])));
}
