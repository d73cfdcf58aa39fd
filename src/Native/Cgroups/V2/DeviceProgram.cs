namespace Devoxx.Native.Cgroups.V2;

/// <summary>
/// The BPF program that decides about devices on version 2 (BPF_PROG_TYPE_CGROUP_DEVICE; Documentation/admin-guide/cgroup-v2.rst,
/// Device controller). It gets a <c>struct bpf_cgroup_dev_ctx { u32 access_type; u32 major; u32 minor; }</c>, the type in the lower half of
/// the first word and the access in the upper, and returns 1 to allow.
/// </summary>
internal static class DeviceProgram
{
    // enum of linux/bpf.h: BPF_DEVCG_DEV_BLOCK, BPF_DEVCG_DEV_CHAR; BPF_DEVCG_ACC_MKNOD, _READ, _WRITE.
    private const int Block = 1, Char = 2, Mknod = 1, Read = 2, Write = 4;

    // Instruction codes, Documentation/bpf/standardization/instruction-set.rst.
    private const byte LoadWord = 0x61, And32 = 0x54, ShiftRight32 = 0x74, Move32Register = 0xbc, Move = 0xb7;
    private const byte JumpIfEqual = 0x15, JumpIfNot32 = 0x56, JumpIfNotRegister = 0x5d, Exit = 0x95;
    private const byte Result = 0, Context = 1, Type = 2, Access = 3, Major = 4, Minor = 5;

    /// <returns>The instructions, eight bytes each.</returns>
    public static byte[] Compile(DeviceExceptions rules)
    {
        var program = new List<ulong>
        {
            Instruction(LoadWord, Type, Context),
            Instruction(And32, Type, value: 0xffff),
            Instruction(LoadWord, Access, Context),
            Instruction(ShiftRight32, Access, value: 16),
            Instruction(LoadWord, Major, Context, offset: 4),
            Instruction(LoadWord, Minor, Context, offset: 8),
        };
        foreach (var rule in rules.Exceptions)
        {
            Append(program, rule);
        }

        program.Add(Instruction(Move, Result, value: rules.AllowByDefault ? 1 : 0));
        program.Add(Instruction(Exit, 0));
        var bytes = new byte[program.Count * sizeof(ulong)];
        Buffer.BlockCopy(program.ToArray(), 0, bytes, 0, bytes.Length);
        return bytes;
    }

    // Tests one after the other, each leading past the block when it fails.
    private static void Append(List<ulong> program, DeviceRule rule)
    {
        var tests = new List<Func<short, ulong>> { skip => Instruction(JumpIfNot32, Type, value: rule.Type == 'b' ? Block : Char, offset: skip) };
        var access = (rule.Access.Contains('m') ? Mknod : 0) | (rule.Access.Contains('r') ? Read : 0) | (rule.Access.Contains('w') ? Write : 0);
        if (access != (Mknod | Read | Write))
        {
            tests.Add(_ => Instruction(Move32Register, Context, Access));
            tests.Add(_ => Instruction(And32, Context, value: access));
            // Allowed is who asks for nothing more; denied who asks for any of it.
            tests.Add(skip => rule.Allow ? Instruction(JumpIfNotRegister, Context, Access, skip) : Instruction(JumpIfEqual, Context, offset: skip));
        }

        if (rule.Major is { } major)
        {
            tests.Add(skip => Instruction(JumpIfNot32, Major, value: (int)major, offset: skip));
        }

        if (rule.Minor is { } minor)
        {
            tests.Add(skip => Instruction(JumpIfNot32, Minor, value: (int)minor, offset: skip));
        }

        for (var n = 0; n < tests.Count; n++)
        {
            // Past the tests that follow, the move and the exit.
            program.Add(tests[n]((short)(tests.Count - n - 1 + 2)));
        }

        program.Add(Instruction(Move, Result, value: rule.Allow ? 1 : 0));
        program.Add(Instruction(Exit, 0));
    }

    // struct bpf_insn { u8 code; u8 dst_reg:4, src_reg:4; s16 off; s32 imm; }, little endian.
    private static ulong Instruction(byte code, byte target, byte source = 0, short offset = 0, int value = 0) =>
        code | ((ulong)target << 8) | ((ulong)source << 12) | ((ulong)(ushort)offset << 16) | ((ulong)(uint)value << 32);
}
