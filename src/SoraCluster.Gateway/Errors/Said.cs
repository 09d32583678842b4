namespace SoraCluster.Gateway.Errors;

/// <summary>One message for a person in the languages we speak: what happened, why, what to do.</summary>
internal readonly record struct Said(string English, string Japanese);
