using System.Net;
using SoraCluster.Silo.Roles;

namespace SoraCluster.Silo.Tests.Roles;

public sealed class SiloNamesTests
{
    [Theory]
    [InlineData(SiloRole.Control, "control@a:1")]
    [InlineData(SiloRole.Control | SiloRole.Gpu | SiloRole.Gateway, "control+gpu+gateway@a:1")]
    public void Of_Roles_AreReadBack(SiloRole roles, string name)
    {
        Assert.Equal(name, SiloNames.Of(roles, "a", 1));
        Assert.Equal(roles, SiloNames.RolesOf(name));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Silo_1f2c")]
    [InlineData("1@a:1")]
    [InlineData("none@a:1")]
    [InlineData("control+cook@a:1")]
    public void RolesOf_NotOurs_AreNone(string? name) => Assert.Equal(SiloRole.None, SiloNames.RolesOf(name));

    [Fact]
    public void WorkerId_Address_IsAValidWorkerId()
    {
        Assert.Equal("10.0.0.7_11111_5", SiloNames.WorkerId(new(IPAddress.Parse("10.0.0.7"), 11111), 5));
        Assert.Matches("^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", SiloNames.WorkerId(new(IPAddress.Parse("fe80::1"), 11111), 5));
    }
}
