namespace Devoxx.Runtime.Monitor;

/// <summary>
/// What goes over <c>attach.sock</c>, a Unix stream socket of mode 0600, in both directions: frames of one byte type, four bytes length (little
/// endian), then the payload of at most 64 KiB.
/// <code>
/// client → monitor   0 input          bytes for the container's standard input
///                    1 resize         rows, columns: two bytes each, little endian
///                    2 end of input   closes a standard input that is no terminal
/// monitor → client   1 stdout         bytes; a terminal's output is all of this type
///                    2 stderr         bytes
/// </code>
/// The monitor closes the connection when the container ends. Output before the connection is in the log.
/// </summary>
internal static class AttachProtocol
{
    public const byte Input = 0, Resize = 1, EndOfInput = 2, Stdout = 1, Stderr = 2;

    public const int HeaderLength = 5, LongestPayload = 64 * 1024;
}
