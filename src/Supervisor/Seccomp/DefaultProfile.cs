using System.Collections.Immutable;
using Devoxx.Oci;

namespace Devoxx.Supervisor.Seccomp;

/// <summary>
/// The system calls that a container may make unless the stack file says otherwise: those of Docker's default profile
/// (docs.docker.com/engine/security/seccomp), so that what runs there runs here. Everything else fails with EPERM. Pure.
/// </summary>
internal static class DefaultProfile
{
    private const string Allow = "SCMP_ACT_ALLOW", Errno = "SCMP_ACT_ERRNO";
    private const uint EPERM = 1, ENOSYS = 38;

    // clone(2) may make processes and threads, but no namespaces: CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET must be clear.
    private const ulong NamespaceFlags = 0x7E020000;

    /// <summary>Allowed to everybody.</summary>
    private static readonly ImmutableArray<string> Always = Words(
        """
        accept accept4 access adjtimex alarm bind brk cachestat capget capset chdir chmod chown chown32 clock_adjtime clock_adjtime64 clock_getres
        clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep clock_nanosleep_time64 close close_range connect copy_file_range creat dup dup2 dup3
        epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2 execve execveat exit exit_group
        faccessat faccessat2 fadvise64 fadvise64_64 fallocate fanotify_mark fchdir fchmod fchmodat fchmodat2 fchown fchown32 fchownat fcntl fcntl64 fdatasync
        fgetxattr flistxattr flock fork fremovexattr fsetxattr fstat fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futex futex_requeue
        futex_time64 futex_wait futex_waitv futex_wake futimesat getcpu getcwd getdents getdents64 getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups
        getgroups32 getitimer getpeername getpgid getpgrp getpid getppid getpriority getrandom getresgid getresgid32 getresuid getresuid32 getrlimit
        get_robust_list getrusage getsid getsockname getsockopt get_thread_area gettid gettimeofday getuid getuid32 getxattr getxattrat inotify_add_watch
        inotify_init inotify_init1 inotify_rm_watch io_cancel ioctl io_destroy io_getevents io_pgetevents io_pgetevents_time64 ioprio_get ioprio_set io_setup
        io_submit ipc kill landlock_add_rule landlock_create_ruleset landlock_restrict_self lchown lchown32 lgetxattr link linkat listen listmount listxattr
        listxattrat llistxattr _llseek lremovexattr lseek lsetxattr lstat lstat64 madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mkdir
        mkdirat mknod mknodat mlock mlock2 mlockall mmap mmap2 mprotect mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend
        mq_timedsend_time64 mq_unlink mremap mseal msgctl msgget msgrcv msgsnd msync munlock munlockall munmap name_to_handle_at nanosleep newfstatat _newselect
        open openat openat2 pause pidfd_open pidfd_send_signal pipe pipe2 pkey_alloc pkey_free pkey_mprotect poll ppoll ppoll_time64 prctl pread64 preadv preadv2
        prlimit64 process_mrelease process_vm_readv process_vm_writev pselect6 pselect6_time64 ptrace pwrite64 pwritev pwritev2 read readahead readlink readlinkat
        readv recv recvfrom recvmmsg recvmmsg_time64 recvmsg remap_file_pages removexattr removexattrat rename renameat renameat2 restart_syscall riscv_hwprobe
        rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo
        sched_getaffinity sched_getattr sched_getparam sched_get_priority_max sched_get_priority_min sched_getscheduler sched_rr_get_interval
        sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield seccomp select semctl semget semop semtimedop
        semtimedop_time64 send sendfile sendfile64 sendmmsg sendmsg sendto setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups setgroups32 setitimer
        setpgid setpriority setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setrlimit set_robust_list setsid setsockopt
        set_thread_area set_tid_address setuid setuid32 setxattr setxattrat shmat shmctl shmdt shmget shutdown sigaltstack signalfd signalfd4 sigprocmask
        sigreturn socketcall socketpair splice stat stat64 statfs statfs64 statmount statx symlink symlinkat sync sync_file_range syncfs sysinfo tee tgkill time
        timer_create timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64
        timerfd_settime timerfd_settime64 times tkill truncate truncate64 ugetrlimit umask uname unlink unlinkat uretprobe utime utimensat utimensat_time64 utimes
        vfork vmsplice wait4 waitid waitpid write writev arch_prctl modify_ldt
        """);

    /// <summary>Allowed with a capability.</summary>
    private static readonly ImmutableArray<(string Capability, ImmutableArray<string> Names)> WithCapability =
    [
        ("CAP_DAC_READ_SEARCH", Words("open_by_handle_at")),
        ("CAP_SYS_ADMIN", Words(
            """
            bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_get_self_attr lsm_list_modules lsm_set_self_attr mount mount_setattr
            move_mount open_tree perf_event_open quotactl quotactl_fd setdomainname sethostname setns syslog umount umount2 unshare
            """)),
        ("CAP_SYS_BOOT", Words("reboot")),
        ("CAP_SYS_CHROOT", Words("chroot")),
        ("CAP_SYS_MODULE", Words("delete_module init_module finit_module")),
        ("CAP_SYS_PACCT", Words("acct")),
        ("CAP_SYS_PTRACE", Words("kcmp pidfd_getfd process_madvise")),
        ("CAP_SYS_RAWIO", Words("iopl ioperm")),
        ("CAP_SYS_TIME", Words("settimeofday stime clock_settime clock_settime64")),
        ("CAP_SYS_TTY_CONFIG", Words("vhangup")),
        ("CAP_SYS_NICE", Words("get_mempolicy mbind set_mempolicy set_mempolicy_home_node")),
        ("CAP_SYSLOG", Words("syslog")),
        ("CAP_BPF", Words("bpf")),
        ("CAP_PERFMON", Words("perf_event_open")),
    ];

    /// <summary>
    /// Address families of socket(2) beyond the first twelve; without AF_ALG (38) and AF_VSOCK (40), which have led out of containers, and those that are
    /// no more.
    /// </summary>
    private static readonly ImmutableArray<ulong> Families = [13, 14, 15, 16, 17, 18, 21, 22, 24, 26, 27, 28, 29, 30, 31, 32, 33, 35, 36, 39, 41, 42, 43, 44, 45];

    /// <summary>personality(2): Linux and 32-bit Linux, both also with UNAME26, and the question what it is.</summary>
    private static readonly ImmutableArray<ulong> Personalities = [0, 8, 0x20000, 0x20008, 0xffffffff];

    /// <param name="capabilities">Those that the container has.</param>
    public static Oci.Seccomp For(ImmutableArray<string> capabilities)
    {
        var rules = ImmutableArray.CreateBuilder<SeccompSyscall>();
        rules.Add(new SeccompSyscall { Names = Always, Action = Allow });
        rules.Add(Compare("socket", 12, "SCMP_CMP_LT"));
        rules.AddRange(Families.Select(family => Compare("socket", family, "SCMP_CMP_EQ")));
        rules.AddRange(Personalities.Select(domain => Compare("personality", domain, "SCMP_CMP_EQ")));
        rules.AddRange(WithCapability.Where(each => capabilities.Contains(each.Capability)).Select(each => new SeccompSyscall { Names = each.Names, Action = Allow }));
        if (!capabilities.Contains("CAP_SYS_ADMIN"))
        {
            rules.Add(new SeccompSyscall { Names = ["clone"], Action = Allow, Args = [new SeccompArgument(0, NamespaceFlags, "SCMP_CMP_MASKED_EQ")] });
            // Its flags stand in memory, where no filter sees them: libraries fall back to clone(2).
            rules.Add(new SeccompSyscall { Names = ["clone3"], Action = Errno, ErrnoRet = ENOSYS });
        }

        return new Oci.Seccomp
        {
            DefaultAction = Errno,
            DefaultErrnoRet = EPERM,
            Architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
            Syscalls = rules.ToImmutable(),
        };
    }

    private static SeccompSyscall Compare(string name, ulong value, string how) => new() { Names = [name], Action = Allow, Args = [new SeccompArgument(0, value, how)] };

    private static ImmutableArray<string> Words(string text) => [.. text.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)];
}
