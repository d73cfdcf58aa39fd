using System.Text;

namespace Devoxx.Compose;

/// <summary>
/// Bytes of a file as text. What is not UTF-8 (or UTF-16 with a byte order mark) is kept as lone surrogates, which the loader
/// refuses with their position; nothing is replaced silently.
/// </summary>
public static class Utf8Text
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes is [0xff, 0xfe, ..]) return Encoding.Unicode.GetString(bytes[2..]);
        if (bytes is [0xfe, 0xff, ..]) return Encoding.BigEndianUnicode.GetString(bytes[2..]);
        if (bytes is [0xef, 0xbb, 0xbf, ..]) bytes = bytes[3..];
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            var text = new StringBuilder(bytes.Length);
            while (!bytes.IsEmpty)
            {
                if (Rune.DecodeFromUtf8(bytes, out var rune, out var length) == System.Buffers.OperationStatus.Done) text.Append(rune.ToString());
                else
                {
                    length = 1;
                    text.Append((char)(0xdc00 + bytes[0]));
                }
                bytes = bytes[length..];
            }
            return text.ToString();
        }
    }
}
