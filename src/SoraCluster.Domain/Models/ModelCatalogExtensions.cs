namespace SoraCluster.Domain.Models;

public static class ModelCatalogExtensions
{
    /// <summary>Finds a pack by id or alias (exact, case-sensitive); null names the default pack.</summary>
    /// <returns>Null when there is none.</returns>
    public static ResolvedModel? Resolve(this IModelCatalog catalog, string? name)
    {
        var models = catalog.Models;
        if (name is null)
        {
            return models is [var first, ..] ? AsItself(first) : null;
        }

        foreach (var model in models)
        {
            if (model.Id == name)
            {
                return AsItself(model);
            }

            if (model.Aliases.FirstOrDefault(a => a.Name == name) is { } alias)
            {
                return new ResolvedModel(name, model, alias.Sizes, alias.DefaultSize ?? model.DefaultSize);
            }
        }

        return null;
    }

    /// <summary>Every name that can be asked for: each pack's id, then its aliases.</summary>
    public static IEnumerable<string> Names(this IModelCatalog catalog) =>
        catalog.Models.SelectMany(m => m.Aliases.Select(a => a.Name).Prepend(m.Id));

    private static ResolvedModel AsItself(ModelInfo model) => new(model.Id, model, model.Sizes, model.DefaultSize);
}
