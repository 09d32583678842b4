using SoraCluster.Domain.Users;

// Domain knows nothing of Orleans: what its calls need on the wire is written here.
[assembly: GenerateCodeForDeclaringAssembly(typeof(IUser))]
