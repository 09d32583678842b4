namespace SoraCluster.Worker.Packs;

/// <param name="Folder">The pack that cannot be used.</param>
/// <param name="Message">Why: the file, what was expected and what was found.</param>
public sealed record PackProblem(string Folder, string Message);
