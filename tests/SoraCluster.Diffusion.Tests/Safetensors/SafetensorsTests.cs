using System.Buffers.Binary;
using System.Text;
using SoraCluster.Diffusion.Safetensors;

namespace SoraCluster.Diffusion.Tests.Safetensors;

public class SafetensorsTests
{
    private static readonly SafetensorsTensor[] Sample =
    [
        new("b", [2, 2], new[] { 1f, -2f, 3.5f, 65504f }, TensorDtype.Float16),
        new("a", [3], new[] { 1f, float.NaN, -0f }),
        new("c", [], new[] { 3.140625f }, TensorDtype.BFloat16),
    ];

    [Fact]
    public void Write_ThenOpen_GivesTheSameValues()
    {
        var path = Path.GetTempFileName();
        File.WriteAllBytes(path, Bytes(Sample, new Dictionary<string, string> { ["k"] = "値" }));
        using (var file = SafetensorsFile.Open(path))
        {
            Assert.Equal(["a", "b", "c"], file.Tensors.Select(tensor => tensor.Name));
            Assert.Equal([1f, -2f, 3.5f, 65504f], file.ReadFloats("b"));
            Assert.Equal(BitConverter.SingleToInt32Bits(-0f), BitConverter.SingleToInt32Bits(file.ReadFloats("a")[2]));
            Assert.Equal([3.140625f], file.ReadFloats("c"));
            Assert.Equal([2L, 2L], file.Info("b").Shape);
            Assert.Equal("値", file.Metadata["k"]);
        }

        File.Delete(path);
    }

    [Fact]
    public void Write_InAnyOrder_GivesTheSameBytes()
    {
        var metadata = new Dictionary<string, string> { ["x"] = "1", ["y"] = "2" };
        var reversed = new Dictionary<string, string> { ["y"] = "2", ["x"] = "1" };

        Assert.Equal(Bytes(Sample, metadata), Bytes([.. Sample.Reverse()], reversed));
    }

    [Fact]
    public void Write_DataStartsOnEightBytes()
    {
        for (var length = 1; length < 20; length++)
        {
            var bytes = Bytes([new(new string('n', length), [1], new[] { 1f })]);
            Assert.Equal(0, (long)BinaryPrimitives.ReadUInt64LittleEndian(bytes) % 8);
            Assert.Equal([1f], SafetensorsFile.Parse(bytes).ReadFloats(new string('n', length)));
        }
    }

    [Fact]
    public void ReadFloats_EveryHalf_WidensExactly()
    {
        var halves = new byte[65536 * 2];
        for (var i = 0; i < 65536; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(halves.AsSpan(i * 2), (ushort)i);
        }

        var file = SafetensorsFile.Parse(Raw("""{"t":{"dtype":"F16","shape":[65536],"data_offsets":[0,131072]}}""", halves));
        var floats = file.ReadFloats("t");
        for (var i = 0; i < 65536; i++)
        {
            Assert.Equal((float)BitConverter.UInt16BitsToHalf((ushort)i), floats[i]);
        }
    }

    [Theory]
    [InlineData(1.00390625f, 0x3F80)] // halfway, to even
    [InlineData(1.01171875f, 0x3F82)]
    [InlineData(float.PositiveInfinity, 0x7F80)]
    public void Write_BFloat16_RoundsToNearestEven(float value, int expected)
    {
        var bytes = Bytes([new("t", [1], new[] { value }, TensorDtype.BFloat16)]);
        Assert.Equal(expected, BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(bytes.Length - 2)));
    }

    public static TheoryData<string, string, int, string> HostileHeaders => new()
    {
        { "not JSON", "{", 0, "JSON header" },
        { "not an object", "[]", 0, "JSON object" },
        { "duplicate name", """{"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "duplicate" },
        { "beyond the file", """{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "truncated" },
        { "backwards", """{"t":{"dtype":"U8","shape":[0],"data_offsets":[1,0]}}""", 1, "inside the file" },
        { "negative offset", """{"t":{"dtype":"U8","shape":[1],"data_offsets":[-1,0]}}""", 1, "whole numbers" },
        { "wrong size", """{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "8 bytes for F32 [2]" },
        { "overflowing shape", """{"t":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,4]}}""", 4, "fits in memory" },
        { "overlap", """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""", 6, "overlap" },
        { "gap", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}}""", 6, "gap" },
        { "data left over", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 3, "2 bytes of data" },
        { "unknown dtype", """{"a":{"dtype":"Q7","shape":[2],"data_offsets":[0,2]}}""", 2, "known dtype" },
        { "missing field", """{"a":{"dtype":"U8","data_offsets":[0,2]}}""", 2, "dtype, shape" },
        { "fractional shape", """{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,2]}}""", 2, "whole numbers" },
        { "metadata not strings", """{"__metadata__":{"k":1}}""", 0, "__metadata__.k" },
    };

    [Theory]
    [MemberData(nameof(HostileHeaders))]
    public void Parse_HostileHeader_SaysWhatIsWrong(string what, string header, int dataLength, string message)
    {
        var e = Assert.Throws<SafetensorsException>(() => SafetensorsFile.Parse(Raw(header, new byte[dataLength])));
        Assert.True(e.Message.Contains(message, StringComparison.Ordinal), $"{what}: {e.Message}");
    }

    [Theory]
    [InlineData(0, "at least 8 bytes")]
    [InlineData(7, "at least 8 bytes")]
    [InlineData(8, "truncated")]
    [InlineData(40, "truncated")]
    public void Parse_CutShort_SaysSo(int length, string message)
    {
        var bytes = Bytes(Sample)[..length];
        Assert.Contains(message, Assert.Throws<SafetensorsException>(() => SafetensorsFile.Parse(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AbsurdHeaderLength_IsRefusedBeforeAnythingIsAllocated()
    {
        var path = Path.GetTempFileName();
        File.WriteAllBytes(path, [.. Enumerable.Repeat((byte)0xFF, 64)]);
        Assert.Contains("not a safetensors file", Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path)).Message, StringComparison.Ordinal);
        File.Delete(path);
    }

    [Fact]
    public void Parse_AnyByteOfTheHeaderChanged_NeverCrashesAnotherWay()
    {
        var original = Bytes(Sample, new Dictionary<string, string> { ["k"] = "v" });
        var headerEnd = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(original);
        for (var i = 0; i < headerEnd; i++)
        {
            foreach (var value in new byte[] { 0, (byte)'"', (byte)'9', (byte)'}', 0xFF })
            {
                var bytes = original.ToArray();
                bytes[i] = value;
                try
                {
                    var file = SafetensorsFile.Parse(bytes);
                    foreach (var tensor in file.Tensors.Where(tensor => tensor.Dtype != TensorDtype.Other))
                    {
                        Assert.Equal(tensor.Count, file.ReadFloats(tensor.Name).Length);
                    }
                }
                catch (SafetensorsException)
                {
                }
            }
        }
    }

    [Fact]
    public void ReadFloats_OtherType_IsRefused()
    {
        var file = SafetensorsFile.Parse(Raw("""{"t":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}""", new byte[8]));
        Assert.Contains("found I64", Assert.Throws<SafetensorsException>(() => file.ReadFloats("t")).Message, StringComparison.Ordinal);
        Assert.Throws<SafetensorsException>(() => file.ReadFloats("missing"));
    }

    private static byte[] Bytes(SafetensorsTensor[] tensors, Dictionary<string, string>? metadata = null)
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, tensors, metadata);
        return stream.ToArray();
    }

    private static byte[] Raw(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. data];
    }
}
