namespace Devoxx.Native;

/// <summary>Names and texts of error numbers, as errno(3) lists them.</summary>
public static class Errno
{
    /// <summary>The symbolic name (<c>ENOENT</c>), or <c>errno 123</c> for one that errno(3) does not list.</summary>
    public static string Name(int errno) => Names.TryGetValue(errno, out var entry) ? entry.Name : $"errno {errno}";

    /// <summary>What strerror(3) says in the C locale, in lower case.</summary>
    public static string Text(int errno) => Names.TryGetValue(errno, out var entry) ? entry.Text : "unknown error";

    /// <summary>The number of a symbolic name; null for one that errno(3) does not list.</summary>
    public static int? Find(string name) => Names.Where(entry => entry.Value.Name == name).Select(entry => (int?)entry.Key).FirstOrDefault();

    private static readonly Dictionary<int, (string Name, string Text)> Names = new()
    {
        [1] = ("EPERM", "operation not permitted"), [2] = ("ENOENT", "no such file or directory"), [3] = ("ESRCH", "no such process"),
        [4] = ("EINTR", "interrupted system call"), [5] = ("EIO", "input/output error"), [6] = ("ENXIO", "no such device or address"),
        [7] = ("E2BIG", "argument list too long"), [8] = ("ENOEXEC", "exec format error"), [9] = ("EBADF", "bad file descriptor"),
        [10] = ("ECHILD", "no child processes"), [11] = ("EAGAIN", "resource temporarily unavailable"), [12] = ("ENOMEM", "cannot allocate memory"),
        [13] = ("EACCES", "permission denied"), [14] = ("EFAULT", "bad address"), [15] = ("ENOTBLK", "block device required"),
        [16] = ("EBUSY", "device or resource busy"), [17] = ("EEXIST", "file exists"), [18] = ("EXDEV", "invalid cross-device link"),
        [19] = ("ENODEV", "no such device"), [20] = ("ENOTDIR", "not a directory"), [21] = ("EISDIR", "is a directory"),
        [22] = ("EINVAL", "invalid argument"), [23] = ("ENFILE", "too many open files in system"), [24] = ("EMFILE", "too many open files"),
        [25] = ("ENOTTY", "inappropriate ioctl for device"), [26] = ("ETXTBSY", "text file busy"), [27] = ("EFBIG", "file too large"),
        [28] = ("ENOSPC", "no space left on device"), [29] = ("ESPIPE", "illegal seek"), [30] = ("EROFS", "read-only file system"),
        [31] = ("EMLINK", "too many links"), [32] = ("EPIPE", "broken pipe"), [33] = ("EDOM", "numerical argument out of domain"),
        [34] = ("ERANGE", "numerical result out of range"), [35] = ("EDEADLK", "resource deadlock avoided"), [36] = ("ENAMETOOLONG", "file name too long"),
        [38] = ("ENOSYS", "function not implemented"), [39] = ("ENOTEMPTY", "directory not empty"), [40] = ("ELOOP", "too many levels of symbolic links"),
        [61] = ("ENODATA", "no data available"), [62] = ("ETIME", "timer expired"), [71] = ("EPROTO", "protocol error"),
        [75] = ("EOVERFLOW", "value too large for defined data type"), [84] = ("EILSEQ", "invalid or incomplete multibyte or wide character"),
        [87] = ("EUSERS", "too many users"), [88] = ("ENOTSOCK", "socket operation on non-socket"), [92] = ("ENOPROTOOPT", "protocol not available"),
        [93] = ("EPROTONOSUPPORT", "protocol not supported"), [95] = ("EOPNOTSUPP", "operation not supported"), [97] = ("EAFNOSUPPORT", "address family not supported by protocol"),
        [98] = ("EADDRINUSE", "address already in use"), [99] = ("EADDRNOTAVAIL", "cannot assign requested address"), [100] = ("ENETDOWN", "network is down"),
        [101] = ("ENETUNREACH", "network is unreachable"), [103] = ("ECONNABORTED", "software caused connection abort"), [104] = ("ECONNRESET", "connection reset by peer"),
        [105] = ("ENOBUFS", "no buffer space available"), [106] = ("EISCONN", "transport endpoint is already connected"), [107] = ("ENOTCONN", "transport endpoint is not connected"),
        [110] = ("ETIMEDOUT", "connection timed out"), [111] = ("ECONNREFUSED", "connection refused"), [112] = ("EHOSTDOWN", "host is down"),
        [113] = ("EHOSTUNREACH", "no route to host"), [114] = ("EALREADY", "operation already in progress"), [115] = ("EINPROGRESS", "operation now in progress"),
        [116] = ("ESTALE", "stale file handle"), [122] = ("EDQUOT", "disk quota exceeded"), [125] = ("ECANCELED", "operation canceled"),
    };
}
