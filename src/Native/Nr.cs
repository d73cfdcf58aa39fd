namespace Devoxx.Native;

/// <summary>System call numbers of x86-64 (asm/unistd_64.h); names as in the header.</summary>
public static class Nr
{
    public const int read = 0, write = 1, open = 2, close = 3, lseek = 8, mmap = 9, rt_sigaction = 13, rt_sigprocmask = 14, ioctl = 16, writev = 20, madvise = 28, pause = 34,
        getpid = 39, socket = 41, connect = 42, accept = 43, sendto = 44, recvfrom = 45, sendmsg = 46, recvmsg = 47, bind = 49, listen = 50, getsockname = 51, socketpair = 53, setsockopt = 54, clone = 56, execve = 59,
        exit = 60, wait4 = 61, kill = 62, fcntl = 72, ftruncate = 77, getcwd = 79, chdir = 80, fchdir = 81, rename = 82, mkdir = 83, rmdir = 84, unlink = 87,
        fchmod = 91, fchown = 93, umask = 95, getuid = 102, getgid = 104, getppid = 110, setpgid = 109, setsid = 112, setgroups = 116, setresuid = 117, setresgid = 119, capget = 125, capset = 126,
        rt_sigtimedwait = 128, mknod = 133, personality = 135, statfs = 137, fstatfs = 138, pivot_root = 155, prctl = 157, chroot = 161, mount = 165, umount2 = 166, sethostname = 170,
        setdomainname = 171, sched_setaffinity = 203, clock_gettime = 228, set_mempolicy = 238, exit_group = 231, epoll_wait = 232, epoll_ctl = 233, waitid = 247, add_key = 248,
        keyctl = 250, ioprio_set = 251, openat = 257, mkdirat = 258, mknodat = 259, fchownat = 260, newfstatat = 262, unlinkat = 263, symlinkat = 266, readlinkat = 267,
        fchmodat = 268, unshare = 272, signalfd4 = 289, eventfd2 = 290, epoll_create1 = 291, dup3 = 292, pipe2 = 293, prlimit64 = 302, setns = 308,
        sched_setattr = 314, seccomp = 317, memfd_create = 319, execveat = 322, statx = 332, pidfd_send_signal = 424, open_tree = 428, move_mount = 429, fsopen = 430,
        fsconfig = 431, fsmount = 432, pidfd_open = 434, clone3 = 435, close_range = 436, openat2 = 437, pidfd_getfd = 438, faccessat2 = 439, mount_setattr = 442;
}
