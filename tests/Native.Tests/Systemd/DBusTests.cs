using Devoxx.Native.Systemd;
using Xunit;

namespace Devoxx.Native.Tests.Systemd;

public sealed class DBusTests
{
    /// <summary>The examples of the D-Bus specification, "Summary of D-Bus marshaling", little endian.</summary>
    [Fact]
    public void Values_are_aligned_to_their_own_size_and_arrays_say_their_bytes()
    {
        Assert.Equal("03 00 00 00 66 6f 6f 00", Bytes(DBusValue.Text("foo")));
        Assert.Equal("02 61 73 00", Bytes(DBusValue.OfSignature("as")));
        Assert.Equal("08 00 00 00 00 00 00 00 05 00 00 00 00 00 00 00", Bytes(DBusValue.Array("t", DBusValue.UInt64(5))));
        Assert.Equal("03 00 00 00 01 02 03", Bytes(DBusValue.Bytes([1, 2, 3])));
        Assert.Equal("01 00 00 00 ff ff 00 00 01 00 00 00", Bytes(DBusValue.Boolean(true), DBusValue.Integer('n', "-1"), DBusValue.UInt32(1)));
        Assert.Equal("01 74 00 00 00 00 00 00 07 00 00 00 00 00 00 00", Bytes(DBusValue.Variant(DBusValue.UInt64(7))));
    }

    [Fact]
    public void An_empty_array_is_aligned_to_what_it_would_hold() =>
        Assert.Equal("00 00 00 00 00 00 00 00", Bytes(DBusValue.Array("(sa(sv))")));

    [Fact]
    public void Properties_are_structures_of_name_and_variant()
    {
        var properties = DBusValue.Properties([new UnitProperty("A", DBusValue.UInt32(1)), new UnitProperty("B", DBusValue.Boolean(false))]);
        Assert.Equal("a(sv)", properties.Signature);
        Assert.Equal("20 00 00 00 00 00 00 00 01 00 00 00 41 00 01 75 00 00 00 00 01 00 00 00 01 00 00 00 42 00 01 62 00 00 00 00 00 00 00 00", Bytes(properties));
    }

    [Fact]
    public void Signatures_follow_from_the_parts() =>
        Assert.Equal("a(st)", DBusValue.Array("(st)", DBusValue.Struct(DBusValue.Text("x"), DBusValue.UInt64(1))).Signature);

    [Fact]
    public void An_array_of_different_types_is_refused() => Assert.Throws<FormatException>(() => DBusValue.Array("s", DBusValue.UInt32(1)));

    [Theory]
    [InlineData('y', "256")]
    [InlineData('n', "-32769")]
    [InlineData('u', "-1")]
    [InlineData('t', "18446744073709551616")]
    [InlineData('i', "1x")]
    public void Numbers_that_do_not_fit_are_refused(char type, string text) => Assert.Throws<FormatException>(() => DBusValue.Integer(type, text));

    [Fact]
    public void A_call_is_a_message_of_dbus()
    {
        var call = DBusMessage.Call(2, "/p", "i.f", "StartUnit", DBusValue.Text("a"), DBusValue.Text("b"));
        Assert.Equal([(byte)'l', DBusMessage.MethodCall, 0, 1], call[..4]);
        Assert.Equal(14, BitConverter.ToInt32(call, 4)); // "a" with its length and end is 6, two bytes between, "b" 6
        Assert.Equal(2, BitConverter.ToInt32(call, 8));
        var header = call.AsMemory(0, DBusMessage.FixedHeader);
        var (fields, body) = DBusMessage.Rest(header);
        Assert.Equal(call.Length, DBusMessage.FixedHeader + fields + body);
        var parsed = DBusMessage.Parse(header, call.AsMemory(DBusMessage.FixedHeader, fields), call.AsMemory(DBusMessage.FixedHeader + fields));
        Assert.Equal("StartUnit", parsed.Member);
        var reader = new DBusReader(parsed.Body);
        Assert.Equal(("a", "b"), (reader.ReadText(), reader.ReadText()));
        Assert.True(reader.IsAtEnd);
    }

    [Theory]
    [InlineData(new byte[] { 5, 0, 0, 0, 65 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 65, 0 })]
    [InlineData(new byte[] { 1, 0 })]
    [InlineData(new byte[] { })]
    public void A_text_that_is_cut_off_is_not_read(byte[] bytes) => Assert.Throws<SystemdException>(() => new DBusReader(bytes).ReadText());

    [Theory]
    [InlineData("a-1.scope", "a_2d1_2escope")]
    [InlineData("1a", "_31a")]
    [InlineData("", "_")]
    public void Units_are_escaped_in_object_paths(string name, string escaped) => Assert.Equal(escaped, SystemdBus.Escape(name));

    private static byte[] Written(params DBusValue[] values)
    {
        var writer = new DBusWriter();
        foreach (var value in values)
        {
            value.Write(writer);
        }

        return writer.ToArray();
    }

    private static string Bytes(params DBusValue[] values) => Hex(Written(values));

    private static string Hex(IEnumerable<byte> bytes) => string.Join(' ', bytes.Select(each => each.ToString("x2")));
}
