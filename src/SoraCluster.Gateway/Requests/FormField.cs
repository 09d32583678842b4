namespace SoraCluster.Gateway.Requests;

/// <summary>How a value was written: a form has only text, JSON has types.</summary>
internal enum FieldKind
{
    FormText,
    JsonString,
    JsonNumber,
    JsonBoolean,
}

/// <summary>One value of a request body, as text.</summary>
internal readonly record struct FormField(string Text, FieldKind Kind)
{
    public bool IsText => Kind is FieldKind.FormText or FieldKind.JsonString;
}
