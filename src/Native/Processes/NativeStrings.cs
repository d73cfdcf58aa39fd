using System.Runtime.InteropServices;
using System.Text;

namespace Devoxx.Native.Processes;

/// <summary>A null-terminated array of null-terminated UTF-8 strings, as execve(2) takes them, in one unmanaged block.</summary>
internal unsafe readonly struct NativeStrings : IDisposable
{
    private readonly nint _block;

    public NativeStrings(IReadOnlyList<string> values)
    {
        var size = (values.Count + 1) * sizeof(nint);
        foreach (var value in values)
        {
            size += Encoding.UTF8.GetByteCount(value) + 1;
        }

        _block = (nint)NativeMemory.Alloc((nuint)size);
        var pointers = (byte**)_block;
        var text = (byte*)(pointers + values.Count + 1);
        var end = (byte*)_block + size;
        for (var i = 0; i < values.Count; i++)
        {
            pointers[i] = text;
            text += Encoding.UTF8.GetBytes(values[i], new Span<byte>(text, (int)(end - text)));
            *text++ = 0;
        }

        pointers[values.Count] = null;
    }

    public byte** Pointer => (byte**)_block;

    public void Dispose() => NativeMemory.Free((void*)_block);
}
