using System.Security.Cryptography;

namespace Devoxx.Supervisor;

/// <summary>Ids of containers and networks, and names of volumes that were given none: as Docker's.</summary>
internal static class NewId
{
    /// <summary>64 random lower-case hexadecimal digits.</summary>
    public static string Make()
    {
        Span<byte> bytes = stackalloc byte[32];
        RandomNumberGenerator.Fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
