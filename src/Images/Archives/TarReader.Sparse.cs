using System.Globalization;
using System.Text;

namespace Devoxx.Images.Archives;

/// <summary>Where the data of a sparse file lies: GNU's old map in the header, and the map of its format 1.0 before the data.</summary>
public sealed partial class TarReader
{
    private const int MostExtents = 1 << 18;

    private List<DataExtent> GnuSparseMap(TarHeader header)
    {
        var extents = new List<DataExtent>();
        var extended = header.GnuSparseIsExtended;
        Append(header.GnuSparseMap);
        while (extended)
        {
            // Header extensions stand between the header and its payload, and are not counted in its size.
            var block = _buffer.Block(atEndAllowed: false);
            extended = block[504] != 0;
            Append(block[..504]);
        }

        return extents;

        void Append(ReadOnlySpan<byte> map)
        {
            for (; map.Length >= 24 && map[0] != 0; map = map[24..])
            {
                extents.Add(new DataExtent(TarHeader.Number(map[..12]), TarHeader.Number(map.Slice(12, 12))));
            }

            if (extents.Count > MostExtents)
            {
                throw new TarFormatException("damaged tar: too many pieces in a sparse file");
            }
        }
    }

    /// <summary>GNU sparse 1.0: decimal numbers in lines, the count first, filled up to whole blocks, before the data.</summary>
    private List<DataExtent> MapInPayload()
    {
        var line = new StringBuilder();
        var numbers = new List<long>();
        long expected = 1;
        while (numbers.Count < expected)
        {
            if (_payload < TarHeader.Size)
            {
                throw new TarFormatException("damaged sparse map in tar");
            }

            _payload -= TarHeader.Size;
            foreach (var c in _buffer.Block(atEndAllowed: false))
            {
                if (c != '\n')
                {
                    if (line.Append((char)c).Length > 20)
                    {
                        throw new TarFormatException("damaged sparse map in tar");
                    }

                    continue;
                }

                if (!long.TryParse(line.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || (numbers.Count == 0 && number > MostExtents))
                {
                    throw new TarFormatException("damaged sparse map in tar");
                }

                line.Clear();
                numbers.Add(number);
                if (numbers.Count == (expected = 1 + 2 * numbers[0]))
                {
                    break;
                }
            }
        }

        var extents = new List<DataExtent>();
        for (var i = 1; i + 1 < numbers.Count; i += 2)
        {
            extents.Add(new DataExtent(numbers[i], numbers[i + 1]));
        }

        return extents;
    }

    private void Validate(List<DataExtent> extents, long size)
    {
        long end = 0, sum = 0;
        foreach (var (offset, length) in extents)
        {
            if (offset < end || length < 0 || length > size || offset > size - length)
            {
                throw new TarFormatException("damaged sparse map in tar");
            }

            end = offset + length;
            sum += length;
        }

        if (size < 0 || sum != _payload)
        {
            throw new TarFormatException("damaged sparse map in tar");
        }
    }
}
