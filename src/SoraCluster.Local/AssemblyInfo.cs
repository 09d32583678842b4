using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("SoraCluster.Local.Tests")]
[assembly: InternalsVisibleTo("SoraCluster.Bench")]
