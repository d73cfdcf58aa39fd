using System.Buffers.Binary;

namespace Devoxx.Native.Seccomp;

/// <summary>
/// Put before a filter that refuses what it does not name: calls that are newer than any that it names do not exist for the container (ENOSYS). A profile cannot know
/// them, and a C library that is told "not permitted" does not fall back on the older call (as runc has it since 1.0.0-rc93, libcontainer/seccomp/patchbpf).
/// </summary>
internal static class UnknownCalls
{
    // linux/filter.h, linux/seccomp.h: struct seccomp_data has the call's number at 0, the architecture at 4.
    private const ushort LoadWord = 0x20, JumpIfEqual = 0x15, JumpIfGreater = 0x25, JumpIfAtLeast = 0x35, Return = 0x06;
    private const uint NumberAt = 0, ArchitectureAt = 4, Enosys = 38, X32Bit = 0x40000000, X86_64 = 0xc000003e;

    /// <param name="newest">For each architecture (AUDIT_ARCH_*) the largest number that the profile names there.</param>
    public static byte[] Before(byte[] filter, IReadOnlyDictionary<uint, int> newest)
    {
        var program = new List<(ushort Code, byte True, byte False, uint Value)> { (LoadWord, 0, 0, ArchitectureAt) };
        foreach (var (architecture, last) in newest)
        {
            // What x32 calls have of their own is the filter's to refuse.
            var isX32 = architecture == X86_64;
            program.Add((JumpIfEqual, 0, (byte)(isX32 ? 4 : 3), architecture));
            program.Add((LoadWord, 0, 0, NumberAt));
            if (isX32)
            {
                program.Add((JumpIfAtLeast, 2, 0, X32Bit));
            }

            program.Add((JumpIfGreater, 0, 1, (uint)last));
            program.Add((Return, 0, 0, SeccompAction.Errno(Enosys)));

            // The next architecture's comparison needs its own word again; a filter of libseccomp loads what it compares.
            program.Add((LoadWord, 0, 0, ArchitectureAt));
        }

        var bytes = new byte[(program.Count * 8) + filter.Length];
        for (var i = 0; i < program.Count; i++)
        {
            // struct sock_filter: code, jt, jf, k.
            var at = bytes.AsSpan(i * 8);
            var (code, jumpTrue, jumpFalse, value) = program[i];
            BinaryPrimitives.WriteUInt16LittleEndian(at, code);
            (at[2], at[3]) = (jumpTrue, jumpFalse);
            BinaryPrimitives.WriteUInt32LittleEndian(at[4..], value);
        }

        filter.CopyTo(bytes, program.Count * 8);
        return bytes;
    }
}
