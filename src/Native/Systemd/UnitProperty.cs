namespace Devoxx.Native.Systemd;

/// <summary>A property of a unit by its name on the bus (org.freedesktop.systemd1(5)), where times end in <c>USec</c>: <c>MemoryMax</c>.</summary>
public sealed record UnitProperty(string Name, DBusValue Value);
