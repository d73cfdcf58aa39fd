using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Files;

/// <summary>getdents64(2): the entries of a directory with their names as bytes, for names need not be UTF-8.</summary>
internal static unsafe class Getdents64
{
    private static readonly int Number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 61 : 217;

    public const byte Unknown = 0;
    public const byte Directory = 4;

    /// <summary>An entry's name with its final NUL, and its <c>d_type</c>.</summary>
    public readonly record struct Entry(byte[] Name, byte Type);

    /// <returns>Bytes read, 0 at the end, or the negative errno.</returns>
    public static int Call(int directory, byte* buffer, int size) =>
        (int)FileCalls.Result((long)(ssize_t)syscall(Number, directory, buffer, size));

    /// <summary>Every entry but <c>.</c> and <c>..</c>, read before any of them is touched.</summary>
    /// <returns>0 or the negative errno.</returns>
    public static int ReadAll(int directory, List<Entry> into)
    {
        // struct linux_dirent64 { u64 d_ino; s64 d_off; u16 d_reclen; u8 d_type; char d_name[]; }
        const int nameOffset = 19;
        const int size = 16 * 1024;
        var buffer = stackalloc byte[size];
        while (true)
        {
            var got = Call(directory, buffer, size);
            if (got <= 0)
            {
                return got;
            }

            for (var at = 0; at < got;)
            {
                var length = BinaryPrimitives.ReadUInt16LittleEndian(new ReadOnlySpan<byte>(buffer + at + 16, 2));
                var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(buffer + at + nameOffset);
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                {
                    into.Add(new Entry(new ReadOnlySpan<byte>(buffer + at + nameOffset, name.Length + 1).ToArray(), buffer[at + 18]));
                }

                at += length;
            }
        }
    }
}
