using System.Text.Json;
using System.Text.Json.Serialization;

namespace SoraCluster.Diffusion.Packs;

/// <summary>Reads <c>1.5</c> as <c>[1.5]</c>.</summary>
internal sealed class NumberOrListConverter : JsonConverter<float[]>
{
    public override float[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return [reader.GetSingle()];
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("A number or a list of numbers is needed.");
        }

        var values = new List<float>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            values.Add(reader.TokenType == JsonTokenType.Number
                ? reader.GetSingle()
                : throw new JsonException("A list of numbers is needed."));
        }

        return values.Count > 0 ? [.. values] : throw new JsonException("The list of numbers is empty.");
    }

    public override void Write(Utf8JsonWriter writer, float[] value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var number in value)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }
}
