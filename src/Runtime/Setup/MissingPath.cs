using Devoxx.Native;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Setup;

/// <summary>
/// Makes what is missing of a path inside a root, in the child: the rules of <see cref="Interpreter"/> hold here too. Links are followed as text, each part being opened
/// below the root under the same rules as a whole path (openat2 with RESOLVE_IN_ROOT): so also what a dangling link points to is made where a process in the container would
/// look for it, and whoever exchanges parts meanwhile gets nothing made outside.
/// </summary>
internal static unsafe class MissingPath
{
    private const int Longest = 4096, MostLinks = 40, ELOOP = 40, ENAMETOOLONG = 36;

    /// <summary>Returns an O_PATH descriptor, or a negated error number.</summary>
    public static nint Make(int root, PathRequest* request)
    {
        // What is resolved, without links; what is left of the path; the target of a link.
        var done = stackalloc byte[Longest];
        var rest = stackalloc byte[Longest];
        var link = stackalloc byte[Longest];
        var doneLength = 0;
        var restLength = Length(request->Path);
        if (restLength >= Longest)
        {
            return -ENAMETOOLONG;
        }

        Copy(request->Path, rest, restLength + 1);
        var left = rest;
        for (var links = 0; ;)
        {
            while (*left == (byte)'/')
            {
                left++;
            }

            var name = left;
            while (*left != 0 && *left != (byte)'/')
            {
                left++;
            }

            var length = (int)(left - name);
            if (length == 0)
            {
                return Open(root, done, doneLength, request);
            }

            if (length == 1 && name[0] == (byte)'.')
            {
                continue;
            }

            var above = doneLength;
            if (length == 2 && name[0] == (byte)'.' && name[1] == (byte)'.')
            {
                doneLength = Parent(done, doneLength);
                continue;
            }

            if (doneLength + 1 + length >= Longest)
            {
                return -ENAMETOOLONG;
            }

            if (doneLength > 0)
            {
                done[doneLength++] = (byte)'/';
            }

            Copy(name, done + doneLength, length);
            doneLength += length;
            done[doneLength] = 0;
            var opened = Open(root, done, doneLength, request);
            if (opened == -ENOENT)
            {
                var made = MakeOne(root, done, above, done + doneLength - length, IsEnd(left) && request->Create == CreateMissing.File, request);
                opened = made < 0 && made != -EEXIST ? made : Open(root, done, doneLength, request);
            }

            if (opened < 0)
            {
                return opened;
            }

            if ((Interpreter.Mode((int)opened) & 0xf000) != 0xa000)
            {
                if (IsEnd(left))
                {
                    return opened;
                }

                RawSyscall.Invoke(Nr.close, opened);
                continue;
            }

            // Links of procfs lead elsewhere than they say.
            byte empty = 0;
            var refused = ++links > MostLinks || (request->Resolve & RESOLVE_NO_SYMLINKS) != 0 || Interpreter.RequireFilesystem((int)opened, PROC_SUPER_MAGIC) == 0;
            var target = refused ? -ELOOP : RawSyscall.Invoke(Nr.readlinkat, opened, (nint)(&empty), (nint)link, Longest);
            RawSyscall.Invoke(Nr.close, opened);
            if (target < 0)
            {
                return target;
            }

            var leftLength = Length(left);
            if (target + leftLength >= Longest)
            {
                return -ENAMETOOLONG;
            }

            // Behind the target, which takes the place of the link's name; "left" lies further on in the same memory.
            Copy(left, link + target, leftLength + 1);
            Copy(link, rest, (int)target + leftLength + 1);
            left = rest;
            doneLength = link[0] == (byte)'/' ? 0 : above;
            done[doneLength] = 0;
        }
    }

    private static nint MakeOne(int root, byte* done, int above, byte* name, bool isFile, PathRequest* request)
    {
        const int Directory = 0x1ed /* 0755 */, File = 0x1a4 /* 0644 */;
        var parent = Open(root, done, above, request);
        done[above] = above == 0 ? done[0] : (byte)'/';
        if (parent < 0)
        {
            return parent;
        }

        var made = isFile
            ? RawSyscall.Invoke(Nr.openat, parent, (nint)name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, File)
            : RawSyscall.Invoke(Nr.mkdirat, parent, (nint)name, Directory);
        RawSyscall.Invoke(Nr.close, parent);
        if (isFile && made >= 0)
        {
            RawSyscall.Invoke(Nr.close, made);
        }

        return made;
    }

    /// <summary>The first bytes of a path below the root, not following a link at its end; a zero is put behind them.</summary>
    private static nint Open(int root, byte* path, int length, PathRequest* request)
    {
        if (length == 0)
        {
            return RawSyscall.Invoke(Nr.fcntl, root, F_DUPFD_CLOEXEC, 3);
        }

        path[length] = 0;
        return Interpreter.Open(root, path, O_PATH | O_NOFOLLOW, request->Resolve);
    }

    private static int Parent(byte* path, int length)
    {
        while (length > 0 && path[length - 1] != (byte)'/')
        {
            length--;
        }

        return length > 0 ? length - 1 : 0;
    }

    private static bool IsEnd(byte* text)
    {
        while (*text == (byte)'/')
        {
            text++;
        }

        return *text == 0;
    }

    private static int Length(byte* text)
    {
        var length = 0;
        while (text[length] != 0)
        {
            length++;
        }

        return length;
    }

    private static void Copy(byte* from, byte* to, int length)
    {
        for (var i = 0; i < length; i++)
        {
            to[i] = from[i];
        }
    }
}
