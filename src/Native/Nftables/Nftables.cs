using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Native.Nftables;

/// <summary>nf_tables refused a change; nothing of it is in force.</summary>
public sealed class NftablesException(string message) : IOException(message);

/// <summary>
/// A context of libnftables(3), the library of nft(8). Loaded when the first is made: who publishes nothing and has no networks
/// needs none. One thread at a time.
/// </summary>
public sealed unsafe class Nftables : SafeHandleZeroOrMinusOneIsInvalid
{
    private static readonly Lazy<Library?> Loaded = new(Library.Load);

    private readonly Library _library;

    private Nftables(Library library, nint context)
        : base(ownsHandle: true)
    {
        _library = library;
        SetHandle(context);
    }

    public static bool IsInstalled => Loaded.Value is not null;

    /// <exception cref="NftablesException">The library is not installed.</exception>
    public static Nftables Open()
    {
        var library = Loaded.Value
            ?? throw new NftablesException("libnftables.so.1 is not installed, and networks need it; install the package libnftables1 (Debian) or nftables");
        var context = library.New(0);
        if (context == 0)
        {
            throw new NftablesException("nft_ctx_new failed: libnftables could not open a netlink socket");
        }

        _ = library.BufferOutput(context);
        _ = library.BufferError(context);
        return new Nftables(library, context);
    }

    /// <summary>Runs commands as nft(8) reads them, all in one transaction, and returns what they print.</summary>
    /// <exception cref="NftablesException">With the library's words.</exception>
    public string Run(string commands)
    {
        int result;
        fixed (byte* text = Encoding.UTF8.GetBytes(commands + "\0"))
        {
            result = _library.Run(handle, text);
        }

        // Both are taken each time: reading empties them.
        var output = Marshal.PtrToStringUTF8((nint)_library.Output(handle)) ?? "";
        var error = Marshal.PtrToStringUTF8((nint)_library.Error(handle)) ?? "";
        return result == 0 ? output : throw new NftablesException("nftables: " + error.Trim());
    }

    protected override bool ReleaseHandle()
    {
        _library.Free(handle);
        return true;
    }

    private sealed class Library
    {
        private readonly delegate* unmanaged<uint, nint> _new;
        private readonly delegate* unmanaged<nint, void> _free;
        private readonly delegate* unmanaged<nint, int> _bufferOutput;
        private readonly delegate* unmanaged<nint, int> _bufferError;
        private readonly delegate* unmanaged<nint, byte*> _output;
        private readonly delegate* unmanaged<nint, byte*> _error;
        private readonly delegate* unmanaged<nint, byte*, int> _run;

        private Library(nint library)
        {
            _new = (delegate* unmanaged<uint, nint>)NativeLibrary.GetExport(library, "nft_ctx_new");
            _free = (delegate* unmanaged<nint, void>)NativeLibrary.GetExport(library, "nft_ctx_free");
            _bufferOutput = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "nft_ctx_buffer_output");
            _bufferError = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "nft_ctx_buffer_error");
            _output = (delegate* unmanaged<nint, byte*>)NativeLibrary.GetExport(library, "nft_ctx_get_output_buffer");
            _error = (delegate* unmanaged<nint, byte*>)NativeLibrary.GetExport(library, "nft_ctx_get_error_buffer");
            _run = (delegate* unmanaged<nint, byte*, int>)NativeLibrary.GetExport(library, "nft_run_cmd_from_buffer");
        }

        public static Library? Load() => NativeLibrary.TryLoad("libnftables.so.1", out var library) ? new Library(library) : null;

        public nint New(uint flags) => _new(flags);

        public void Free(nint context) => _free(context);

        public int BufferOutput(nint context) => _bufferOutput(context);

        public int BufferError(nint context) => _bufferError(context);

        public byte* Output(nint context) => _output(context);

        public byte* Error(nint context) => _error(context);

        public int Run(nint context, byte* commands) => _run(context, commands);
    }
}
