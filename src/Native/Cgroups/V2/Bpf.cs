using System.Runtime.InteropServices;
using Devoxx.Native.Files;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Cgroups.V2;

/// <summary>bpf(2), as far as a device program needs it.</summary>
internal static unsafe class Bpf
{
    private const int ProgLoad = 5, ProgAttach = 8, ProgDetach = 9, ProgGetFdById = 13, ProgQuery = 16;
    private const uint CgroupDeviceProgram = 15, CgroupDeviceAttach = 6, AllowMulti = 2;
    private static readonly int Number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 280 : 321;

    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct bpf_attr
    {
        // BPF_PROG_LOAD
        [FieldOffset(0)] public uint prog_type;
        [FieldOffset(4)] public uint insn_cnt;
        [FieldOffset(8)] public ulong insns;
        [FieldOffset(16)] public ulong license;

        // BPF_PROG_ATTACH, BPF_PROG_DETACH
        [FieldOffset(0)] public uint target_fd;
        [FieldOffset(4)] public uint attach_bpf_fd;
        [FieldOffset(8)] public uint attach_type;
        [FieldOffset(12)] public uint attach_flags;

        // BPF_PROG_QUERY
        [FieldOffset(4)] public uint query_attach_type;
        [FieldOffset(16)] public ulong prog_ids;
        [FieldOffset(24)] public uint prog_cnt;

        // BPF_PROG_GET_FD_BY_ID
        [FieldOffset(0)] public uint prog_id;
    }

    /// <exception cref="LinuxException">EPERM without CAP_BPF, EINVAL where the kernel has no CONFIG_CGROUP_BPF.</exception>
    public static SafeFileHandle LoadDeviceProgram(ReadOnlySpan<byte> instructions)
    {
        // Kernels before 5.11 charge a program to RLIMIT_MEMLOCK and say EPERM; none of those is supported.
        fixed (byte* code = instructions)
        fixed (byte* license = "Apache\0"u8)
        {
            var attributes = new bpf_attr
            {
                prog_type = CgroupDeviceProgram, insn_cnt = (uint)(instructions.Length / 8), insns = (ulong)code, license = (ulong)license,
            };
            return FileCalls.Own(Check(ProgLoad, &attributes, "BPF_PROG_LOAD", "device program"));
        }
    }

    public static void Attach(SafeFileHandle program, SafeFileHandle cgroup, string subject)
    {
        var attributes = new bpf_attr
        {
            target_fd = (uint)FileCalls.Number(cgroup), attach_bpf_fd = (uint)FileCalls.Number(program), attach_type = CgroupDeviceAttach, attach_flags = AllowMulti,
        };
        Check(ProgAttach, &attributes, "BPF_PROG_ATTACH", subject);
    }

    public static void Detach(uint programId, SafeFileHandle cgroup, string subject)
    {
        var byId = new bpf_attr { prog_id = programId };
        using var program = FileCalls.Own(Check(ProgGetFdById, &byId, "BPF_PROG_GET_FD_BY_ID", subject));
        var attributes = new bpf_attr
        {
            target_fd = (uint)FileCalls.Number(cgroup), attach_bpf_fd = (uint)FileCalls.Number(program), attach_type = CgroupDeviceAttach,
        };
        Check(ProgDetach, &attributes, "BPF_PROG_DETACH", subject);
    }

    /// <summary>The device programs attached to this very cgroup, those of cgroups above it left out.</summary>
    public static uint[] Attached(SafeFileHandle cgroup, string subject)
    {
        const int most = 64; // BPF_CGROUP_MAX_PROGS
        var ids = stackalloc uint[most];
        var attributes = new bpf_attr
        {
            target_fd = (uint)FileCalls.Number(cgroup), query_attach_type = CgroupDeviceAttach, prog_ids = (ulong)ids, prog_cnt = most,
        };
        Check(ProgQuery, &attributes, "BPF_PROG_QUERY", subject);
        return new ReadOnlySpan<uint>(ids, (int)attributes.prog_cnt).ToArray();
    }

    private static int Check(int command, bpf_attr* attributes, string name, string subject)
    {
        var result = FileCalls.Result((long)(ssize_t)syscall(Number, command, attributes, sizeof(bpf_attr)));
        return result >= 0 ? (int)result : throw new LinuxException("bpf", (int)-result, subject, name);
    }
}
