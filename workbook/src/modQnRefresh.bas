Attribute VB_Name = "modQnRefresh"
Option Explicit

' Lam moi: copies the result sheets of bao-cao/moi-nhat.xlsx into this workbook, without Python. The stamp (run
' number) is emptied first and written last, then everything is calculated: a formula never mixes two runs.

Private Const ManualCalculation As Long = -4135

Public Function QnRefresh() As Boolean
    Dim source As Workbook
    Dim path As String
    Dim calculation As Long
    Dim problem As String
    QnRefresh = False
    If ThisWorkbook.Path = "" Then
        QnSayKey "refresh.unsaved"
        Exit Function
    End If
    path = QnBeside("bao-cao/moi-nhat.xlsx")
    If Not QnHostFileExists(path) Then
        QnSayKey "refresh.missing"
        Exit Function
    End If
    calculation = Application.Calculation
    QnHostBegin
    On Error GoTo unopened
    Set source = Workbooks.Open(path, 0, True)
    On Error GoTo failed
    problem = MissingSheet(source)
    If problem <> "" Then
        source.Close False
        QnHostEnd
        QnSayKey "refresh.wrong", problem
        Exit Function
    End If
    Application.Calculation = ManualCalculation
    CopyAll source
    source.Close False
    Application.Calculation = calculation
    QnHostCalculate
    QnShowChartRows
    QnHostEnd
    QnRefresh = True
    QnStatus QnText("refresh.done", QnRun(), Format(QnShownAsOf(), "dd/mm/yyyy"))
    Exit Function
unopened:
    problem = Err.Description
    QnHostEnd
    QnSayKey "refresh.open", problem
    Exit Function
failed:
    problem = Err.Description
    On Error Resume Next
    source.Close False
    Application.Calculation = calculation
    QnHostEnd
    QnSayKey "refresh.failed", problem
End Function

Private Sub CopyAll(ByVal source As Workbook)
    Dim codes As Variant
    Dim stamp As Variant
    Dim i As Long
    Dim origin As Worksheet
    Dim target As Worksheet
    Dim stampCell As String
    stampCell = QnText("at.run")
    shFigures.Range(stampCell).Value = ""
    QnForgetFigures
    codes = Split(QnText("refresh.lists"), ";")
    For i = 0 To UBound(codes)
        Set target = QnSheet(CStr(codes(i)))
        If Shown(source, CStr(codes(i)), target) Then
            Set origin = source.Worksheets(QnText("sheet." & CStr(codes(i))))
            CopyList origin, target, QnText("at." & CStr(codes(i)))
        End If
    Next i
    codes = Split(QnText("refresh.pages"), ";")
    For i = 0 To UBound(codes)
        Set target = QnSheet(CStr(codes(i)))
        If Shown(source, CStr(codes(i)), target) Then
            Set origin = source.Worksheets(QnText("sheet." & CStr(codes(i))))
            CopyPage origin, target
            QnHostCopyCharts origin, target
        End If
    Next i
    KeepNote
    Set origin = source.Worksheets(QnText("sheet.shFigures"))
    CopyBlock origin, shFigures, QnText("at.figures")
    CopyBlock origin, shFigures, QnText("at.words")
    codes = Split(QnText("refresh.stamps"), ";")
    For i = 0 To UBound(codes)
        CopyValues origin.Range(CStr(codes(i))), shFigures.Range(CStr(codes(i)))
    Next i
    stamp = origin.Range(stampCell).Value
    shFigures.Range(stampCell).Value = stamp
    QnReady
    KeepTrend
End Sub

Private Function MissingSheet(ByVal source As Workbook) As String
    Dim codes As Variant
    Dim i As Long
    Dim title As String
    MissingSheet = ""
    codes = Split(QnText("refresh.lists") & ";" & QnText("refresh.pages") & ";shFigures", ";")
    For i = 0 To UBound(codes)
        title = QnText("sheet." & CStr(codes(i)))
        If Not HasSheet(source, title) And Not IsOptional(CStr(codes(i))) Then MissingSheet = title
    Next i
End Function

Private Function Shown(ByVal source As Workbook, ByVal codeName As String, ByVal target As Worksheet) As Boolean
    ' A sheet that the report lacks is hidden here; when it has it again it is shown again.
    Shown = HasSheet(source, QnText("sheet." & codeName))
    If IsOptional(codeName) Then
        If Shown Then target.Visible = True Else target.Visible = False
    End If
End Function

Private Function IsOptional(ByVal codeName As String) As Boolean
    ' A sheet that a report may lack: the office left it out, or there is nothing to compare with.
    IsOptional = (InStr(1, ";" & QnText("refresh.optional") & ";", ";" & codeName & ";", vbBinaryCompare) > 0)
End Function

Private Function HasSheet(ByVal book As Workbook, ByVal title As String) As Boolean
    Dim sheet As Worksheet
    HasSheet = False
    For Each sheet In book.Worksheets
        If sheet.Name = title Then HasSheet = True
    Next sheet
End Function

Public Function QnSheet(ByVal codeName As String) As Worksheet
    ' By code name: a user may rename a sheet.
    Dim sheet As Worksheet
    For Each sheet In ThisWorkbook.Worksheets
        If StrComp(sheet.CodeName, codeName, vbTextCompare) = 0 Then
            Set QnSheet = sheet
            Exit Function
        End If
    Next sheet
End Function

Private Sub CopyList(ByVal origin As Worksheet, ByVal target As Worksheet, ByVal corner As String)
    ' A table that ends its sheet. Above its heading only the two title lines tell of the run.
    Dim columns As Long
    Dim first As Long
    Dim last As Long
    Dim before As Long
    Dim filters As Variant
    filters = QnHostTakeFilters(target, corner)
    columns = origin.Range(corner).CurrentRegion.Columns.Count
    first = origin.Range(corner).Row + 1
    last = LastRow(origin)
    before = LastRow(target)
    target.Range("A1").Value = origin.Range("A1").Value
    target.Range("A2").Value = origin.Range("A2").Value
    If before >= first Then Block(target, first, 1, before, columns).ClearContents
    If last >= first Then
        QnHostFormatRows target, first, last, columns
        CopyValues Block(origin, first, 1, last, columns), Block(target, first, 1, last, columns)
    End If
    QnHostResizeTable target, corner, last - first + 1
    If InStr(1, ";" & QnText("refresh.choices") & ";", ";" & target.CodeName & ";", vbTextCompare) > 0 Then
        QnHostCopyChoices origin, target, first, last, columns
    End If
    QnHostCopyLinks origin, target
    QnHostPutFilters target, corner, filters
End Sub

Private Sub CopyBlock(ByVal origin As Worksheet, ByVal target As Worksheet, ByVal corner As String)
    ' A table of figures or words: as many rows as there are.
    Dim area As Range
    Dim old As Range
    Dim top As Long
    Dim left As Long
    Set area = origin.Range(corner).CurrentRegion
    Set old = target.Range(corner).CurrentRegion
    top = old.Row
    left = old.Column
    Block(target, top, left, top + old.Rows.Count - 1, left + old.Columns.Count - 1).ClearContents
    CopyValues area, Block(target, top, left, top + area.Rows.Count - 1, left + area.Columns.Count - 1)
    QnHostResizeTable target, corner, area.Rows.Count - 1
End Sub

Private Sub CopyValues(ByVal origin As Range, ByVal target As Range)
    ' Columns that hold any text become text columns first: 06, 13.10, 3/4 and =1+1 must stay what they are.
    Dim values As Variant
    Dim i As Long
    Dim j As Long
    values = origin.Value
    If Not IsArray(values) Then
        If VarType(values) = vbString Then target.NumberFormat = "@"
        target.Value = values
        Exit Sub
    End If
    For j = 1 To UBound(values, 2)
        For i = 1 To UBound(values, 1)
            If VarType(values(i, j)) = vbString Then
                Block(target.Worksheet, target.Row, target.Column + j - 1, target.Row + UBound(values, 1) - 1, target.Column + j - 1).NumberFormat = "@"
                Exit For
            End If
        Next i
    Next j
    target.Value = values
End Sub

Private Sub CopyPage(ByVal origin As Worksheet, ByVal target As Worksheet)
    ' A printed page with few cells: looks, texts and formulas. A formula here that only adds a QN_ function
    ' around the one of the report stays.
    Dim rows As Long
    Dim columns As Long
    Dim i As Long
    Dim j As Long
    Dim cell As Range
    Dim own As Range
    Dim native As String
    rows = LastRow(origin)
    columns = LastColumn(origin)
    QnHostCopyLook origin, target, rows
    For i = 1 To rows
        For j = 1 To columns
            Set cell = origin.Cells(i, j)
            Set own = target.Cells(i, j)
            If cell.HasFormula Then
                native = CStr(cell.Formula)
                If InStr(1, CStr(own.Formula), Mid$(native, 2), vbBinaryCompare) = 0 Then own.Formula = native
            ElseIf VarType(cell.Value) = vbString Then
                If CStr(own.Value) <> CStr(cell.Value) Then
                    own.NumberFormat = "@"
                    own.Value = cell.Value
                End If
            ElseIf Not IsEmpty(cell.Value) Then
                own.Value = cell.Value
            ElseIf Not IsEmpty(own.Value) Then
                own.ClearContents
            End If
        Next j
    Next i
    i = LastRow(target)
    If i > rows Then Block(target, rows + 1, 1, i, columns).ClearContents
    j = LastColumn(target)
    If j > columns Then Block(target, 1, columns + 1, i, j).ClearContents
End Sub

Private Sub KeepNote()
    ' How to enable macros stands on the first sheet beside the authority's name, which may be longer now.
    Dim left As Long
    Dim right As Long
    left = shSummary.Range("A1").MergeArea.Columns.Count + 1
    right = LastColumn(shSummary)
    If left > right Then right = left
    QnHostNoteLook Block(shSummary, 1, left, 2, right)
    shSummary.Cells(1, left).Value = QnText("macro.note")
End Sub

Private Sub KeepTrend()
    ' One column for each cut-off date on the sheet of the charts, one row for each plan: this run's column is
    ' added in its place or replaced. When there is no room the oldest goes.
    Dim table As Range
    Dim symbols As Range
    Dim plan As String
    Dim day As Long
    Dim place As Long
    Dim rowNumber As Long
    Dim i As Long
    Dim rate As Double
    Set table = TrendTable()
    Set symbols = shCharts.Range(QnText("at.chart_plans"))
    day = CLng(QnShownAsOf())
    place = TrendPlace(table, day)
    If place = 0 Then Exit Sub
    table.Cells(1, place + 1).Value = QnShownAsOf()
    For i = 2 To table.Rows.Count
        table.Cells(i, place + 1).ClearContents
    Next i
    For i = 1 To symbols.Rows.Count
        plan = CStr(symbols.Cells(i, 1).Value)
        If plan <> "" Then
            If QnFigure(plan & "|task|*|rate_total", rate) Then
                rowNumber = TrendRow(table, plan)
                If rowNumber > 0 Then table.Cells(rowNumber, place + 1).Value = rate
            End If
        End If
    Next i
End Sub

Private Function TrendTable() As Range
    Dim sizes As Variant
    sizes = Split(QnText("trend.size"), ";")
    Set TrendTable = shCharts.Range(QnText("at.trend")).Resize(CLng(sizes(0)) + 1, CLng(sizes(1)) + 1)
End Function

Private Function TrendPlace(ByVal table As Range, ByVal day As Long) As Long
    ' The number of the column for this date, made free; 0 when the table is full of later dates.
    Dim days As Long
    Dim used As Long
    Dim place As Long
    days = table.Columns.Count - 1
    used = 0
    Do While used < days
        If IsEmpty(table.Cells(1, used + 2).Value) Then Exit Do
        used = used + 1
    Loop
    place = 1
    Do While place <= used
        If CLng(table.Cells(1, place + 1).Value) >= day Then Exit Do
        place = place + 1
    Loop
    TrendPlace = place
    If place <= used Then
        If CLng(table.Cells(1, place + 1).Value) = day Then Exit Function
    End If
    If used < days Then
        If place <= used Then MoveColumns table, place, used, 1
    Else
        TrendPlace = place - 1
        If place > 2 Then MoveColumns table, 2, place - 1, -1
    End If
End Function

Private Sub MoveColumns(ByVal table As Range, ByVal first As Long, ByVal last As Long, ByVal by As Long)
    Dim rows As Long
    Dim top As Long
    Dim left As Long
    Dim values As Variant
    top = table.Row
    left = table.Column
    rows = table.Rows.Count
    values = Block(table.Worksheet, top, left + first, top + rows - 1, left + last).Value
    Block(table.Worksheet, top, left + first + by, top + rows - 1, left + last + by).Value = values
End Sub

Private Function TrendRow(ByVal table As Range, ByVal plan As String) As Long
    ' The row of a plan; a new plan gets the first free one, 0 when there is none.
    Dim i As Long
    TrendRow = 0
    For i = 2 To table.Rows.Count
        If CStr(table.Cells(i, 1).Value) = plan Then
            TrendRow = i
            Exit Function
        End If
        If IsEmpty(table.Cells(i, 1).Value) Then
            table.Cells(i, 1).Value = plan
            TrendRow = i
            Exit Function
        End If
    Next i
End Function

Public Sub QnShowChartRows()
    ' Charts leave hidden rows out. The flags are formulas over the new figures.
    Dim areas As Variant
    Dim flags As Range
    Dim i As Long
    Dim j As Long
    areas = Split(QnText("at.chart_flags"), ";")
    For i = 0 To UBound(areas)
        Set flags = shCharts.Range(CStr(areas(i)))
        For j = 1 To flags.Rows.Count
            shCharts.Rows(flags.Row + j - 1).Hidden = (Val(CStr(flags.Cells(j, 1).Value)) = 0)
        Next j
    Next i
End Sub

Private Function LastRow(ByVal sheet As Worksheet) As Long
    LastRow = sheet.UsedRange.Row + sheet.UsedRange.Rows.Count - 1
End Function

Private Function LastColumn(ByVal sheet As Worksheet) As Long
    LastColumn = sheet.UsedRange.Column + sheet.UsedRange.Columns.Count - 1
End Function

Private Function Block(ByVal sheet As Worksheet, ByVal top As Long, ByVal left As Long, ByVal bottom As Long, ByVal right As Long) As Range
    Set Block = sheet.Range(sheet.Cells(top, left), sheet.Cells(bottom, right))
End Function
