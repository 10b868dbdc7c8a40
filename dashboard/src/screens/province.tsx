/** The hospitals of a province by how full the coming days are, the fullest first; those with nothing open last. */
import { mediumDate, today } from "../dates";
import { lang, number, words } from "../i18n";
import { useLoaded } from "../load";
import { href } from "../route";
import { api, may } from "../session";
import { Bar } from "../ui/bar";
import { Failed } from "../ui/failed";
import { Table } from "../ui/table";
import { word } from "../words";

const t = words({
  title: ["หน่วยบริการในจังหวัด{province}", "Hospitals of {province}"],
  hospital: ["หน่วยบริการ", "Hospital"],
  fill: ["จองแล้ว %", "Booked %"],
  booked: ["จองแล้ว", "Booked"],
  nothing: ["ไม่มีตารางที่เปิด", "Nothing open"],
  empty: ["ไม่มีหน่วยบริการอื่นในจังหวัด", "The province has no other hospital"],
});

const share = ({ places, booked }: { places: number; booked: number }): number => (places ? booked / places : -1);

/** Every page: a hospital may be in several. */
async function load() {
  const sums = new Map<string, { hospital_code: string; hospital_name: string; places: number; booked: number }>();
  let after: string | undefined;
  for (;;) {
    const page = await api.get("/api/dashboard/province", { query: { after } });
    for (const row of page.hospitals) {
      const { places = 0, booked = 0 } = sums.get(row.hospital_code) ?? {};
      sums.set(row.hospital_code, { ...row, places: row.places + places, booked: row.booked + booked });
    }
    after = page.next;
    if (!after) return { ...page, hospitals: [...sums.values()].sort((one, other) => share(other) - share(one)) };
  }
}

export function Province() {
  const list = useLoaded(load, [today()], { every: 600 });
  const { data } = list;
  const [from, to] = [data?.date_start, data?.date_finish].map((date) => date && mediumDate(date, lang.value));
  return (
    <section aria-labelledby="province">
      {/* the capital is no province */}
      <h2 id="province">{t("title", { province: data?.province_name ?? "" }).replace("จังหวัดกรุง", "กรุง")}</h2>
      <Failed failure={list.failure} again={list.reload} />
      <Table
        caption={data ? `${from} – ${to}` : t("hospital")}
        rows={data?.hospitals}
        failed={list.failure}
        perPage={50}
        rowKey={({ hospital_code }) => hospital_code}
        search={({ hospital_code, hospital_name }) => `${hospital_code} ${hospital_name}`}
        empty={t("empty")}
        columns={[
          {
            title: t("hospital"),
            kind: "name",
            cell: ({ hospital_code: code, hospital_name: name }) => (
              <>
                {may("ACCOUNT_ADMIN") ? <a href={href("hospital", { code })}>{name}</a> : name} <small>{code}</small>
              </>
            ),
          },
          { title: word("places"), kind: "figure", cell: ({ places }) => number(places) },
          { title: t("booked"), kind: "figure", cell: ({ booked }) => number(booked) },
          {
            title: t("fill"),
            cell: (row) =>
              row.places ? (
                <span class="bar-cell">
                  <Bar {...row} accepted={row.booked} /> {Math.round(100 * share(row))}%
                </span>
              ) : (
                t("nothing")
              ),
          },
        ]}
      />
    </section>
  );
}
