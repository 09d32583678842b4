using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Uploads;

namespace SoraCluster.Gateway.Requests;

/// <summary>
/// A request body, JSON or multipart, as one flat set of fields. Nested values carry the path in the libraries' own spelling:
/// <c>video[id]</c>, <c>input_reference[image_url]</c>, <c>videos[]</c> (the last may repeat, as <c>videos[0]</c>, <c>videos[1]</c>).
/// </summary>
internal sealed class RequestForm(Dictionary<string, FormField> fields, Dictionary<string, UploadedFile> files) : IDisposable
{
    private readonly List<UploadedFile> kept = [.. files.Values];

    /// <summary>The files of the body, by field.</summary>
    public IReadOnlyDictionary<string, UploadedFile> Files => files;

    /// <summary>Lets a file that the body only pointed to go with the others.</summary>
    public UploadedFile Keep(UploadedFile file)
    {
        kept.Add(file);
        return file;
    }

    public void Dispose() => kept.ForEach(file => file.Dispose());

    public bool Has(string name) => fields.ContainsKey(name);

    /// <summary>Refuses fields that nobody reads: a misspelt field would be ignored in silence.</summary>
    public void AllowOnly(params IReadOnlyCollection<string> names)
    {
        foreach (var name in fields.Keys.Concat(Files.Keys))
        {
            if (!names.Contains(name) && !names.Contains(BaseName(name)))
            {
                throw Refusals.UnknownField(name, names);
            }
        }
    }

    public string? Text(string name) => !fields.TryGetValue(name, out var field)
        ? null
        : field.IsText ? field.Text : throw Refusals.WrongType(name, "a string", "文字列");

    public long? Integer(string name, long min, long max)
    {
        if (!fields.TryGetValue(name, out var field))
        {
            return null;
        }

        return field.Kind != FieldKind.JsonBoolean
            && long.TryParse(field.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= min && value <= max
            ? value
            : throw Refusals.OutOfRange(name, $"a whole number from {min} to {max}", $"{min} から {max} までの整数", field.Text);
    }

    public float? Number(string name, float min, float max)
    {
        if (!fields.TryGetValue(name, out var field))
        {
            return null;
        }

        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return field.Kind != FieldKind.JsonBoolean
            && float.TryParse(field.Text, Style, CultureInfo.InvariantCulture, out var value)
            && value >= min && value <= max
            ? value
            : throw Refusals.OutOfRange(
                name,
                string.Create(CultureInfo.InvariantCulture, $"a number from {min} to {max}"),
                string.Create(CultureInfo.InvariantCulture, $"{min} から {max} までの数値"),
                field.Text);
    }

    public bool? Boolean(string name) => !fields.TryGetValue(name, out var field)
        ? null
        : field.Text switch
        {
            "true" => true,
            "false" => false,
            _ => throw Refusals.OutOfRange(name, "true or false", "true または false", field.Text),
        };

    /// <summary>The value as it was written, string or number: <c>seconds</c> is a string on the wire and a number in people's JSON.</summary>
    public string? Scalar(string name) => !fields.TryGetValue(name, out var field)
        ? null
        : field.Kind == FieldKind.JsonBoolean ? throw Refusals.WrongType(name, "a string", "文字列") : field.Text;

    /// <summary>
    /// SHA-256 over what was asked, hex: method, path, fields by name, files by their bytes. The same request sent again has the
    /// same digest though its multipart boundary differs.
    /// </summary>
    public string Digest(string method, string path)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(method);
        Append(path);
        foreach (var (name, field) in fields.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            Append(name);
            Append(field.Text);
        }

        foreach (var (name, file) in Files.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            Append(name);
            Append(file.Sha256);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }
    }

    private static string BaseName(string name) => name.IndexOf('[') is > 0 and var i ? name[..i] : name;
}
