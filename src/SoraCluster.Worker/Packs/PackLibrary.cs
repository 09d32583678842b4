using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Worker.Packs;

/// <summary>The packs of this server, verified. One that is broken is left out and told of; the others work.</summary>
public sealed class PackLibrary
{
    private PackLibrary(IReadOnlyList<Pack> packs, IReadOnlyList<PackProblem> problems)
    {
        Packs = packs;
        Problems = problems;
    }

    /// <summary>At least one; the first is what a request without a model gets. Ids differ.</summary>
    public IReadOnlyList<Pack> Packs { get; }

    public IReadOnlyList<PackProblem> Problems { get; }

    /// <param name="folders">One pack each.</param>
    /// <param name="tokenizers">For packs whose tokenizer needs a library; without it, such packs are left out.</param>
    /// <exception cref="NoPackException">None of them can be used.</exception>
    public static PackLibrary Load(IReadOnlyList<string> folders, ITokenizerFactory? tokenizers = null)
    {
        var packs = new List<Pack>();
        var problems = new List<PackProblem>();
        foreach (var folder in folders)
        {
            try
            {
                var pack = Pack.Load(folder, tokenizers);
                if (packs.Find(p => p.Manifest.Id == pack.Manifest.Id) is { } first)
                {
                    problems.Add(new(folder, $"Its id '{pack.Manifest.Id}' is that of the pack in '{first.Folder}'."));
                    continue;
                }

                packs.Add(pack);
            }
            catch (Exception broken) when (broken is PackException or IOException or UnauthorizedAccessException)
            {
                problems.Add(new(folder, broken.Message));
            }
        }

        return packs.Count > 0 ? new(packs, problems) : throw new NoPackException(
            $"No model can be used. '{problems[0].Folder}': {problems[0].Message} Restore the pack, or name another folder in {PackFolders.Variable}.");
    }

    public Pack? Find(string id) => Packs.FirstOrDefault(p => p.Manifest.Id == id);
}
