using System.Runtime.InteropServices;
using System.Text;
using Devoxx.Native;

namespace Devoxx.Runtime.Setup;

/// <summary>An argument of an operation: a value known now, or the content of a slot known only in the child.</summary>
internal readonly record struct Argument(nint Value, bool IsSlot = false)
{
    public static implicit operator Argument(nint value) => new(value);

    public static implicit operator Argument(int value) => new(value);

    public static unsafe implicit operator Argument(void* value) => new((nint)value);
}

/// <summary>
/// The flat program of the child, built in the parent in unmanaged memory, with what each operation is called when it fails.
/// </summary>
internal sealed unsafe class OperationList : IDisposable
{
    private readonly List<nint> _memory = [];
    private readonly List<(string Call, string? Subject, string? Flags)> _descriptions = [];
    private Operation* _operations = (Operation*)NativeMemory.Alloc(64, (nuint)sizeof(Operation));
    private int _capacity = 64;
    private int _slots;

    public int Count { get; private set; }

    public Operation* Operations => _operations;

    /// <summary>How many slots the interpreter needs.</summary>
    public int Slots => _slots;

    public ref Operation this[int index] => ref _operations[index];

    /// <summary>A slot to hold a result.</summary>
    public Argument NewSlot() => new(_slots++, IsSlot: true);

    /// <summary>Unmanaged memory, zeroed.</summary>
    public nint Allocate(int bytes)
    {
        var memory = (nint)NativeMemory.AllocZeroed((nuint)bytes);
        _memory.Add(memory);
        return memory;
    }

    /// <summary>A copy as UTF-8 with a zero at the end. A zero inside would make the kernel see another text than we do.</summary>
    public nint Text(string text)
    {
        if (text.Contains('\0'))
        {
            throw new SetupException($"'{text.Replace("\0", "\\0")}' contains a zero byte");
        }

        var bytes = Encoding.UTF8.GetByteCount(text);
        var memory = (byte*)Allocate(bytes + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(memory, bytes));
        return (nint)memory;
    }

    /// <summary>A null-terminated array of texts.</summary>
    public nint Texts(IReadOnlyList<string> texts)
    {
        var array = (nint*)Allocate((texts.Count + 1) * sizeof(nint));
        for (var i = 0; i < texts.Count; i++)
        {
            array[i] = Text(texts[i]);
        }

        return (nint)array;
    }

    /// <summary>Appends a system call.</summary>
    /// <param name="call">Its name, for errors.</param>
    /// <param name="subject">What it is about, for errors.</param>
    /// <param name="flags">Symbolic flags, for errors.</param>
    public ref Operation Syscall(
        int number, string call, string? subject = null, string? flags = null,
        Argument a = default, Argument b = default, Argument c = default, Argument d = default, Argument e = default, Argument f = default)
    {
        ref var operation = ref Add(OperationKind.Syscall, call, subject, flags, a, b, c, d, e, f);
        operation.Number = number;
        return ref operation;
    }

    /// <summary>A place where a test lets the child end, as if it had been killed there, or fail (<see cref="Native.Failpoints.Failpoint"/>); no operation otherwise.</summary>
    public void Failpoint(string name)
    {
        const int Killed = 137;
        switch (Native.Failpoints.Failpoint.FateAt(name))
        {
            case 0:
                Syscall(Nr.exit_group, "exit_group", name, null, Killed);
                break;
            case { } errno:
                Add(OperationKind.Fail, "failpoint", name, null, errno);
                break;
        }
    }

    /// <summary>Appends any other operation.</summary>
    public ref Operation Add(
        OperationKind kind, string call, string? subject = null, string? flags = null,
        Argument a = default, Argument b = default, Argument c = default, Argument d = default, Argument e = default, Argument f = default)
    {
        if (Count == _capacity)
        {
            _capacity *= 2;
            _operations = (Operation*)NativeMemory.Realloc(_operations, (nuint)_capacity * (nuint)sizeof(Operation));
        }

        ref var operation = ref _operations[Count++];
        operation = new Operation
        {
            Kind = kind, A = a.Value, B = b.Value, C = c.Value, D = d.Value, E = e.Value, F = f.Value, Store = -1,
            SlotMask = (byte)(Bit(a, 0) | Bit(b, 1) | Bit(c, 2) | Bit(d, 3) | Bit(e, 4) | Bit(f, 5)),
        };
        _descriptions.Add((call, subject, flags));
        return ref operation;
    }

    /// <summary>The message for a failure that the child reported.</summary>
    public string Describe(int index, int errno) =>
        LinuxException.Describe(_descriptions[index].Call, errno, _descriptions[index].Subject, _descriptions[index].Flags);

    /// <summary>What an operation is called when it fails.</summary>
    public string Call(int index) => _descriptions[index].Call;

    /// <summary>What an operation is about.</summary>
    public string Subject(int index) => _descriptions[index].Subject ?? "";

    /// <summary>The program as text, one operation a line, without addresses: what tests assert.</summary>
    public IEnumerable<string> Lines()
    {
        foreach (var (call, subject, flags) in _descriptions)
        {
            yield return call + (subject is null ? "" : " " + subject) + (flags is null ? "" : $" ({flags})");
        }
    }

    /// <summary>Frees the memory: the child has a copy of its own.</summary>
    public void Dispose()
    {
        foreach (var memory in _memory)
        {
            NativeMemory.Free((void*)memory);
        }

        _memory.Clear();
        NativeMemory.Free(_operations);
        _operations = null;
    }

    private static int Bit(Argument argument, int position) => argument.IsSlot ? 1 << position : 0;
}

internal static class OperationExtensions
{
    public static ref Operation Into(this ref Operation operation, Argument slot)
    {
        operation.Store = (short)slot.Value;
        return ref operation;
    }

    /// <summary>No error number is a failure.</summary>
    public static ref Operation TolerateAll(this ref Operation operation)
    {
        operation.TolerateFirst = Operation.Any;
        return ref operation;
    }

    /// <summary>These error numbers are no failure; <paramref name="skip"/> following operations are left out after one.</summary>
    public static ref Operation Tolerate(this ref Operation operation, int first, int second = 0, int skip = 0)
    {
        operation.TolerateFirst = (short)first;
        operation.TolerateSecond = (short)second;
        operation.SkipWhenTolerated = (short)skip;
        return ref operation;
    }
}
