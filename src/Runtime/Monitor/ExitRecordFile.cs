using Devoxx.Native;
using Devoxx.Native.Failpoints;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Monitor;

/// <summary>
/// <c>exit.json</c>, there whole or not at all. Its room on the disk is taken before the container starts: the container's own log may fill the
/// disk, and its exit must be recorded all the same.
/// </summary>
internal sealed unsafe class ExitRecordFile : IDisposable
{
    private const int Room = 1024;

    private readonly string _path;
    private readonly int _fd;

    public ExitRecordFile(string bundle)
    {
        _path = bundle + "/exit.json";
        _fd = FileDescriptor.Open(_path + ".next", Linux.O_WRONLY | Linux.O_CREAT | Linux.O_TRUNC | Linux.O_NOFOLLOW, 0x180 /* 0600 */);
        FileDescriptor.WriteAll(_fd, new byte[Room]);
    }

    /// <summary>Writes over the room that was taken, syncs, and gives it its name.</summary>
    public void Write(ExitRecord record)
    {
        const int SYS_fsync = 74;
        var json = record.ToJson();
        const int SEEK_SET = 0;
        FileDescriptor.Check(RawSyscall.Invoke(Nr.lseek, _fd, 0, SEEK_SET), "lseek", _path);
        FileDescriptor.WriteAll(_fd, json);
        FileDescriptor.Check(RawSyscall.Invoke(Nr.ftruncate, _fd, json.Length), "ftruncate", _path);
        FileDescriptor.Check(RawSyscall.InvokeBlocking(SYS_fsync, _fd), "fsync", _path);
        Failpoint.Reach("monitor.record-unnamed");
        File.Move(_path + ".next", _path, overwrite: true);
        var directory = FileDescriptor.Open(Path.GetDirectoryName(_path)!, Linux.O_RDONLY | Linux.O_DIRECTORY);
        RawSyscall.InvokeBlocking(SYS_fsync, directory);
        FileDescriptor.Close(directory);
    }

    /// <summary>Gives the room back when there was nothing to record.</summary>
    public void Discard() => File.Delete(_path + ".next");

    public void Dispose() => FileDescriptor.Close(_fd);
}
